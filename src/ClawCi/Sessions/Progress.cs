using System.Text.Json;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Models;

namespace ClawCi.Sessions;

/// <summary>
/// How far a task has come: a fold over the lines of its transcript, so that any prefix of one is a state from which the task
/// can go on. Pure: what the checkout or Docker has to say is for others to ask.
/// </summary>
internal sealed class Progress(string runId)
{
    /// <summary>How a tool call ended that a killed run did not see the end of.</summary>
    public const string Interrupted = "interrupted";

    private static readonly string[] SeeingTools = ["read_file", "write_file", "edit_file"];

    private RunEvent? _last;
    private readonly Dictionary<string, ToolCalled> _calls = [];
    private readonly Dictionary<string, ToolAnswered> _answers = [];
    private readonly HashSet<string> _begun = [];
    private readonly Dictionary<(string Agent, string Id), ToolCalled> _asked = [];
    private readonly HashSet<(string Agent, string Id)> _denied = [];
    private readonly Dictionary<string, MessageAdded> _uncounted = [];
    private readonly List<PermissionDenial> _denials = [];
    private readonly List<CheckRan> _checks = [];
    private readonly List<UsageAdded> _spent = [];
    private readonly List<string> _seen = [];
    private readonly List<(ToolCalled Call, bool IsError)> _finished = [];
    private int _begunRound;
    private int _toolCalls;
    private bool _lastIsReply;

    /// <summary>The last whole line; null when there is none.</summary>
    public TranscriptLine? Last { get; private set; }

    /// <summary>When the first line was written.</summary>
    public DateTimeOffset Begun { get; private set; }

    /// <summary>What the task took so far, the time between two attempts not counted.</summary>
    public long ElapsedMs => Last?.Envelope.ElapsedMs ?? 0;

    public RunStarted? Started { get; private set; }

    /// <summary>That the changes of an earlier run are in the workspace; null when they are not, or there was none.</summary>
    public Continued? Continued { get; private set; }

    /// <summary>How the task ended; null when it did not.</summary>
    public TaskEnded? Ended { get; private set; }

    /// <summary>What was said, as it would be sent next.</summary>
    public Session Session { get; } = new(runId);

    /// <summary>What a compaction carries over.</summary>
    public SessionNotes Notes { get; } = new();

    /// <summary>The model's last reply while nothing followed it; null when the model is to be asked.</summary>
    public MessageAdded? Unanswered => _lastIsReply ? LastReply : null;

    /// <summary>The same, as the model's client gives it.</summary>
    public ModelReply? Reply =>
        Unanswered is { } last
            ? new ModelReply(
                new Message(last.Role, last.Content),
                last.StopReason ?? "",
                last.Usage ?? new Usage(),
                last.Model ?? "",
                last.RequestId
            )
            : null;

    public MessageAdded? LastReply { get; private set; }

    /// <summary>Whether a tool use of the last reply was answered without being run, because the task was to end there.</summary>
    public bool EndedAtTools { get; private set; }

    /// <summary>So many of the messages that were added hold reasoning of which a secret was masked: the provider would refuse it.</summary>
    public int MaskedMessages { get; private set; }

    /// <summary>Of all agents.</summary>
    public int Turns { get; private set; }

    /// <summary>Tool uses that were called. One that was not begun when the run was killed is still to come.</summary>
    public int ToolCalls => _toolCalls - _calls.Keys.Count(id => !_answers.ContainsKey(id) && !_begun.Contains(id));

    /// <summary>Answers of the model that were used up, the failed ones that it was asked again after included.</summary>
    public int Requests { get; private set; }

    /// <summary>Those of subagents among them.</summary>
    public int RequestsBelow { get; private set; }

    public long ModelTimeMs { get; private set; }

    /// <summary>Replies whose <c>usage</c> was not written any more: the last one of an agent at most.</summary>
    public IEnumerable<MessageAdded> Uncounted => _uncounted.Values;

    /// <summary>How many subagents were begun.</summary>
    public int Subagents { get; private set; }

    /// <summary>Every <c>usage</c> so far.</summary>
    public IReadOnlyList<UsageAdded> Spent => _spent;

    public IReadOnlyList<PermissionDenial> Denials => _denials;

    /// <summary>Of a task that goes on, those of the rounds that are over.</summary>
    public IReadOnlyList<CheckRan> Checks => _checks;

    /// <summary>The round that the conversation is in, from 1; 0 before the model was told anything.</summary>
    public int Round { get; private set; }

    /// <summary>How many setup steps have succeeded since setup began last.</summary>
    public int SetupSteps { get; private set; }

    /// <summary>When the agent's first container was begun; null when none was up.</summary>
    public DateTimeOffset? AgentStarted { get; private set; }

    /// <summary>Tool calls that were answered, and whether with an error.</summary>
    public IReadOnlyList<(ToolCalled Call, bool IsError)> Finished => _finished;

    /// <summary>Paths that the model has seen, as it spelled them: it may replace these files.</summary>
    public IReadOnlyList<string> SeenFiles => _seen;

    /// <summary>The directory in the checkout that an apply works in; null when none was begun.</summary>
    public string? ApplyDirectory { get; private set; }

    /// <summary>The delivery that went into the checkout; null when none did.</summary>
    public Applied? Applied { get; private set; }

    public int Redactions { get; private set; }

    /// <summary>
    /// Tool calls that were begun, which is to say allowed, and whose end nobody has seen: one, or several subagents. What these had
    /// under way is theirs, and ends with them.
    /// </summary>
    public IEnumerable<ToolCalled> Unfinished =>
        _calls.Values.Where(call => _begun.Contains(call.ToolUseId) && !_answers.ContainsKey(call.ToolUseId));

    public static Progress Of(IReadOnlyList<TranscriptLine> lines)
    {
        var progress = new Progress(lines.Count == 0 ? "" : lines[0].Envelope.RunId);
        foreach (var line in lines)
        {
            if (progress.Last is null)
                progress.Begun = line.Envelope.Ts;
            progress.Last = line;
            if (line.Event is { } runEvent)
                progress.On(runEvent, line.Envelope.Ts);
        }
        return progress;
    }

    /// <summary>The recorded answer to a tool use of <see cref="Unanswered"/>; null when it was not begun.</summary>
    public ToolResultBlock? AnswerTo(ToolUseBlock use) =>
        _answers.TryGetValue(use.Id, out var answer)
            ? new ToolResultBlock(
                use.Id,
                answer.Text
                    ?? $"This ran to its end{(answer.ExitCode is { } code ? $", exit code {code}" : "")}, but its answer was lost when the "
                        + "runner was killed. It is not run again by itself: look at what it did before you go on.",
                answer.IsError
            )
            : null;

    /// <summary>Whether a tool use was under way when the runner was killed, so that its effect is not known.</summary>
    public bool IsInterrupted(ToolUseBlock use) => _answers.GetValueOrDefault(use.Id)?.End == Interrupted;

    /// <summary>Takes the next event.</summary>
    /// <param name="at">When it was.</param>
    public void On(RunEvent runEvent, DateTimeOffset at)
    {
        Count(runEvent);
        if (!runEvent.IsMain)
            return;
        Notes.On(runEvent);
        Session.On(runEvent);
        switch (runEvent)
        {
            case RunStarted started:
                Started ??= started;
                break;
            case Continued continued:
                Continued = continued;
                break;
            case SetupRan { ExitCode: 0 }:
                SetupSteps++;
                break;
            case SandboxStarted { Purpose: "agent" } agent:
                AgentStarted ??= at.AddMilliseconds(-agent.DurationMs);
                break;
            case Resumed resumed:
                Resume(resumed);
                break;
            case RoundStarted round:
                _begunRound = round.Round;
                // Its container is another one, to whose tool server they are new.
                _seen.Clear();
                break;
            case MessageAdded message:
                Add(message);
                break;
            case ToolCalled call:
                _calls[call.ToolUseId] = call;
                break;
            case PolicyDecided { Decision: "allow" } allowed:
                _begun.Add(allowed.ToolUseId);
                break;
            case ToolAnswered answer:
                Answer(answer);
                break;
            case CheckRan check:
                _checks.Add(check);
                break;
            case SecretsRedacted redacted:
                Redactions += redacted.Count;
                if (_last is MessageAdded { Role: Role.Assistant } masked && masked.Content.Any(IsSigned))
                    MaskedMessages = Session.Added;
                break;
            case ApplyBegun apply:
                ApplyDirectory = apply.Directory;
                break;
            case Applied applied:
                Applied = applied;
                break;
            case TaskEnded ended:
                Ended = ended;
                break;
        }
        _last = runEvent;
    }

    /// <summary>What is the whole task's, whoever of its agents used it.</summary>
    private void Count(RunEvent runEvent)
    {
        if (runEvent is MessageAdded { AgentId: var agent })
        {
            foreach (var call in _asked.Keys.Where(call => call.Agent == agent).ToList())
            {
                _asked.Remove(call);
                _denied.Remove(call);
            }
        }
        var requests = Requests;
        switch (runEvent)
        {
            case SubagentStarted:
                Subagents++;
                break;
            case MessageAdded { Role: Role.Assistant } reply:
                _uncounted[reply.AgentId] = reply;
                Turns = Math.Max(Turns, reply.Turn);
                ModelTimeMs += reply.DurationMs ?? 0;
                Requests++;
                break;
            case ToolCalled call:
                // One that was called when the run was killed is called again.
                _toolCalls += _asked.ContainsKey((call.AgentId, call.ToolUseId)) ? 0 : 1;
                _asked[(call.AgentId, call.ToolUseId)] = call;
                break;
            case PolicyDecided { Decision: "deny" } denied:
                Deny((denied.AgentId, denied.ToolUseId), denied.Tool, denied.RuleId, denied.Reason);
                break;
            case HookRan { Event: "PreToolUse", Decision: "block" or "error", ToolUseId: { } id } hook:
                Deny((hook.AgentId, id), null, "hook", hook.Message ?? "");
                break;
            case ApiRetried:
                Requests++;
                break;
            case UsageAdded usage:
                _spent.Add(usage);
                // An estimate is a lost reply's, if it is not what the reply itself says.
                if (usage.Estimated != true || _uncounted.GetValueOrDefault(usage.AgentId)?.Usage == usage.Usage)
                    Requests += _uncounted.Remove(usage.AgentId) ? 0 : 1;
                break;
        }
        RequestsBelow += runEvent.IsMain ? 0 : Requests - requests;
    }

    private void Resume(Resumed resumed)
    {
        if (!resumed.KeepsLayers)
            (SetupSteps, AgentStarted, Continued) = (0, null, null);
        // These run again.
        if (Applied is null)
            _checks.RemoveAll(check => check.Round == 0 || check.Round >= Round);
    }

    /// <summary>A block that the provider takes back only as it was.</summary>
    private static bool IsSigned(ContentBlock block) => block is ThinkingBlock or UnknownBlock;

    private void Add(MessageAdded added)
    {
        _lastIsReply = added.Role == Role.Assistant;
        if (_lastIsReply)
            LastReply = added;
        else
        {
            Round = Math.Max(Round, _begunRound);
            EndedAtTools = added.Content.OfType<ToolResultBlock>().Any(result => !_calls.ContainsKey(result.ToolUseId));
        }
        _calls.Clear();
        _begun.Clear();
        _answers.Clear();
    }

    private void Answer(ToolAnswered answer)
    {
        _answers[answer.ToolUseId] = answer;
        if (!_calls.TryGetValue(answer.ToolUseId, out var call))
            return;
        if (answer.End != Interrupted)
            _finished.Add((call, answer.IsError));
        if (
            !answer.IsError
            && SeeingTools.Contains(answer.Tool, StringComparer.OrdinalIgnoreCase)
            && call.Input.ValueKind == JsonValueKind.Object
            && call.Input.TryGetProperty("path", out var path)
            && path.ValueKind == JsonValueKind.String
        )
            _seen.Add(path.GetString()!);
    }

    private void Deny((string Agent, string Id) key, string? tool, string? rule, string reason)
    {
        // Once: what was denied when the run was killed is denied again.
        if (_asked.TryGetValue(key, out var call) && _denied.Add(key))
            _denials.Add(new PermissionDenial(tool ?? call.Tool, key.Id, call.Input, rule, reason));
    }
}
