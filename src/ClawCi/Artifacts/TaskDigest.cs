using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;

namespace ClawCi.Artifacts;

/// <summary>
/// What reports need of a transcript besides the conversation, gathered in one pass. Its size is bounded by the task's limits, not by
/// the transcript's length: every list that the model or a container can make long is capped, and says so.
/// </summary>
internal sealed class TaskDigest
{
    private const int Most = 500;

    private readonly Dictionary<string, ToolCalled> _open = [];
    private readonly Dictionary<string, int> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string, int, string, string), NetworkUse> _network = [];

    public TranscriptEnvelope? First { get; private set; }
    public TranscriptEnvelope? Last { get; private set; }

    /// <summary>Of the last line, which stands for the whole transcript.</summary>
    public string Hash { get; private set; } = TranscriptEnvelope.FirstPrev;

    public RunStarted? Started { get; private set; }
    public TaskEnded? Ended { get; private set; }

    /// <summary>What went into the checkout; null when nothing did, or its end is all that is known of it.</summary>
    public Applied? Applied { get; private set; }

    /// <summary>What besides the task took part, and what did not.</summary>
    public IReadOnlyList<LoadedPart> Parts { get; private set; } = [];

    /// <summary>In the order in which they ran.</summary>
    public List<CheckRan> Checks { get; } = [];

    public List<FileChanged> Files { get; } = [];
    public CappedList<SetupRan> Setup { get; } = new(Most);
    public CappedList<(ToolCalled Call, PolicyDecided Decision)> Denied { get; } = new(Most);
    public CappedList<ApiRetried> Retries { get; } = new(Most);
    public CappedList<HookRan> Objections { get; } = new(Most);

    /// <summary>MCP servers that did not start, or did not stay as they were.</summary>
    public CappedList<McpServerEvent> Servers { get; } = new(Most);
    public CappedList<Resumed> Resumes { get; } = new(Most);
    public CappedList<LimitReached> Limits { get; } = new(Most);
    public CappedList<Compacted> Compactions { get; } = new(Most);
    public CappedList<Warned> Warnings { get; } = new(Most);
    public CappedList<Failed> Failures { get; } = new(Most);

    /// <summary>The end of the conversation, and what is noted of the whole.</summary>
    public SessionTail Session { get; } = new();
    public SessionNotes Notes { get; } = new();

    /// <summary>In the order of the first connection to each host.</summary>
    public IEnumerable<NetworkUse> Network => _network.Values;

    /// <summary>Connections that are not counted in <see cref="Network"/>: to more hosts than anybody reads.</summary>
    public int NetworkDropped { get; private set; }

    /// <summary>The model's own list, as it wrote it last.</summary>
    public IReadOnlyList<TodoItem> Todos { get; private set; } = [];

    public int Replies { get; private set; }
    public long RepliesMs { get; private set; }
    public int ToolCalls { get; private set; }

    /// <summary>How many texts the conversation has, roughly: of replies, of calls, of answers, of messages.</summary>
    public int Texts { get; private set; }

    public string LastWords { get; private set; } = "";
    public UsageAdded? Spent { get; private set; }
    public Dictionary<string, ModelUsage> Models { get; } = new(StringComparer.Ordinal);
    public int Redactions { get; private set; }

    public static TaskDigest Of(IEnumerable<TranscriptLine> lines)
    {
        var digest = new TaskDigest();
        foreach (var line in lines)
        {
            digest.First ??= line.Envelope;
            digest.Last = line.Envelope;
            digest.Hash = line.Hash;
            if (line.Event is { } known)
                digest.Add(known);
        }
        // A run may have many tasks.
        digest.Session.End();
        digest.Notes.End();
        return digest;
    }

    private void Add(RunEvent what)
    {
        Session.On(what);
        Notes.On(what);
        switch (what)
        {
            case RunStarted started:
                Started ??= started;
                break;
            case Loaded loaded:
                Parts = loaded.Parts;
                break;
            case TaskEnded ended:
                Ended = ended;
                break;
            case Applied applied:
                Applied = applied;
                break;
            case MessageAdded message:
                Add(message);
                break;
            case ToolCalled call:
                _open[call.ToolUseId] = call;
                break;
            case PolicyDecided { Decision: "deny" } decision when _open.TryGetValue(decision.ToolUseId, out var call):
                Denied.Add((call, decision));
                break;
            case ToolAnswered answer:
                _open.Remove(answer.ToolUseId);
                ToolCalls++;
                break;
            case UsageAdded spent:
                Add(spent);
                break;
            case NetworkUsed use:
                Add(use);
                break;
            case CheckRan check:
                Checks.Add(check);
                break;
            case FileChanged file:
                Add(file);
                break;
            case SetupRan setup:
                Setup.Add(setup);
                break;
            case ApiRetried retry:
                Retries.Add(retry);
                break;
            case TodosWritten written:
                Todos = written.Todos;
                break;
            case HookRan { Decision: "block" or "error" } hook:
                Objections.Add(hook);
                break;
            case McpServerEvent { State: not "ready" } server:
                Servers.Add(server);
                break;
            case Resumed resumed:
                Resumes.Add(resumed);
                break;
            case Compacted compacted:
                Compactions.Add(compacted);
                break;
            case LimitReached limit:
                Limits.Add(limit);
                break;
            case Warned warned:
                Warnings.Add(warned);
                break;
            case Failed failed:
                Failures.Add(failed);
                break;
            case SecretsRedacted redacted:
                Redactions += redacted.Count;
                break;
        }
    }

    /// <summary>A delivery that a kill cut is made again, and says the same.</summary>
    private void Add(FileChanged file)
    {
        if (_files.TryAdd(file.Path, Files.Count))
            Files.Add(file);
        else
            Files[_files[file.Path]] = file;
    }

    private void Add(MessageAdded message)
    {
        Texts += message.Content.Count;
        if (message.Role != Role.Assistant)
            return;
        Replies++;
        RepliesMs += message.DurationMs ?? 0;
        if (message.IsMain && new Message(message.Role, message.Content).Text is { Length: > 0 } words)
            LastWords = words;
    }

    private void Add(UsageAdded spent)
    {
        Spent = spent;
        var before = Models.GetValueOrDefault(spent.Model) ?? new ModelUsage(0, 0, 0, 0, 0);
        Models[spent.Model] = new ModelUsage(
            before.InputTokens + spent.Usage.InputTokens,
            before.OutputTokens + spent.Usage.OutputTokens,
            before.CacheReadInputTokens + spent.Usage.CacheReadInputTokens,
            before.CacheCreationInputTokens + spent.Usage.CacheCreationInputTokens,
            before.CostUsd + spent.CostUsd
        );
    }

    private void Add(NetworkUsed use)
    {
        var key = (use.Purpose, use.Host, use.Port, use.Decision, use.Rule);
        if (!_network.TryGetValue(key, out var known))
        {
            if (_network.Count == Most)
            {
                NetworkDropped++;
                return;
            }
            known = new NetworkUse(use.Purpose, use.Host, use.Port, use.Decision, use.Rule, use.Reason);
            _network.Add(key, known);
        }
        known.Add(use);
    }
}
