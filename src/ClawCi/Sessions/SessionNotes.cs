using ClawCi.Events;
using ClawCi.Messages;

namespace ClawCi.Sessions;

/// <summary>
/// What must not be lost when a conversation is compacted, noted by the runner from the events as they come. No summary of the
/// model's goes into it, so that repeated compactions cannot wear it away.
/// </summary>
internal sealed class SessionNotes : IRunObserver
{
    private const int MostFiles = 200;
    private const int MostCommands = 30;
    private const int MostFailures = 3;
    private const int MostTexts = 6;
    private const int MostNotices = 2;

    /// <summary>No context holds more tool results.</summary>
    private const int MostAnswers = 10_000;

    private readonly Dictionary<string, ToolCalled> _calls = [];
    private readonly Dictionary<string, ToolAnswered> _answers = [];
    private readonly Queue<string> _answered = [];
    private readonly List<SeenFile> _files = [];
    private readonly List<RanCommand> _commands = [];
    private readonly List<FailedCall> _failures = [];
    private readonly List<CheckRan> _red = [];
    private readonly List<string> _texts = [];
    private readonly List<string> _notices = [];
    private int _messages;
    private bool _wasCut;

    /// <summary>Whether the runner spoke last: what it adds then is beside what it said.</summary>
    private bool _isToldMore;

    /// <summary>What the model was asked first, as it was told.</summary>
    public string Task { get; private set; } = "";

    /// <summary>What it was told last, such as which checks are red; null when nothing came after the task.</summary>
    public string? Instruction { get; private set; }

    /// <summary>The model's own list of what is to be done, as it wrote it last.</summary>
    public IReadOnlyList<TodoItem> Plan { get; private set; } = [];

    /// <summary>What it was told beside tool results, the last such words: to come to an end, say.</summary>
    public IReadOnlyList<string> Notices => _notices;

    /// <summary>Of the last round of checks those that did not pass.</summary>
    public IReadOnlyList<CheckRan> RedChecks => _red;

    /// <summary>The last tool calls that failed and were not made again with success.</summary>
    public IReadOnlyList<FailedCall> Failures => _failures;

    /// <summary>In the order in which they were last seen.</summary>
    public IReadOnlyList<SeenFile> Files => _files;

    public IReadOnlyList<RanCommand> Commands => _commands;

    /// <summary>The last things the model said, oldest first.</summary>
    public IReadOnlyList<string> Texts => _texts;

    /// <summary>The last compaction that replaced messages.</summary>
    public ReplacedMessages? Replaced { get; private set; }

    /// <summary>What the session of an earlier run says of what happened there; null when the task did not begin with one.</summary>
    public CarriedNotes? Earlier { get; private set; }

    /// <summary>How a call was answered; null when that is not known.</summary>
    public ToolAnswered? AnswerTo(string toolUseId) => _answers.GetValueOrDefault(toolUseId);

    /// <summary>No more events come, and nothing is pruned any more: how calls were answered is let go of.</summary>
    public void End()
    {
        _calls.Clear();
        _answers.Clear();
        _answered.Clear();
    }

    /// <summary>Takes an event of its own conversation; those of subagents are passed over.</summary>
    public void On(RunEvent runEvent)
    {
        if (!runEvent.IsMain)
            return;
        switch (runEvent)
        {
            case ToolCalled call:
                _calls[call.ToolUseId] = call;
                break;
            case ToolAnswered answer:
                NoteAnswer(answer);
                break;
            case MessageAdded { Role: Role.Assistant } reply:
                _wasCut = reply.StopReason is StopReasons.MaxTokens or StopReasons.ContextWindowExceeded;
                NoteText(reply);
                _isToldMore = false;
                _messages++;
                break;
            case MessageAdded message:
                NoteWords(message);
                foreach (var result in message.Content.OfType<ToolResultBlock>())
                    NoteResult(result);
                _isToldMore = true;
                _messages++;
                break;
            case TodosWritten written:
                Plan = written.Todos;
                break;
            case CheckRan check:
                NoteCheck(check);
                break;
            case Compacted { Replaced: { } replaced }:
                Replaced = replaced;
                break;
            case Continued continued:
                TakeOver(continued.Notes);
                break;
        }
    }

    private void NoteAnswer(ToolAnswered answer)
    {
        _answers[answer.ToolUseId] = answer;
        _answered.Enqueue(answer.ToolUseId);
        if (_answered.Count > MostAnswers)
            _answers.Remove(_answered.Dequeue());
    }

    private void TakeOver(CarriedNotes earlier)
    {
        // A run that was killed before the agent began does this again.
        _files.Clear();
        _commands.Clear();
        _failures.Clear();
        _red.Clear();
        Earlier = earlier;
        Plan = earlier.Plan;
        _files.AddRange(earlier.Files);
        _commands.AddRange(earlier.Commands);
        _failures.AddRange(earlier.OpenFailures.Calls);
        _red.AddRange(
            earlier.OpenFailures.Checks.Select(check => new CheckRan(
                check.Id,
                Round: 0,
                check.Run,
                check.ExitCode,
                check.Outcome,
                DurationMs: 0,
                Log: "",
                check.Output
            ))
        );
        Bound(_files, MostFiles);
        Bound(_commands, MostCommands);
        Bound(_failures, MostFailures);
    }

    private void NoteText(MessageAdded reply)
    {
        var text = string.Join("\n\n", reply.Content.OfType<TextBlock>().Select(block => block.Text));
        if (text.Length == 0)
            return;
        _texts.Add(text);
        Bound(_texts, MostTexts);
    }

    private void NoteWords(MessageAdded message)
    {
        var words = message.Content.OfType<TextBlock>().Select(block => block.Text).ToList();
        if (_messages == 0)
        {
            Task = words.FirstOrDefault() ?? "";
            // What is told of an earlier run is among the notes already.
            words = Earlier is null ? words[Math.Min(1, words.Count)..] : [];
        }
        else if (!_isToldMore && !message.Content.Any(block => block is ToolResultBlock))
        {
            // To go on where a reply was cut says nothing about the task.
            Instruction = _wasCut ? Instruction : words.FirstOrDefault();
            words = words[Math.Min(1, words.Count)..];
        }
        _notices.AddRange(words);
        Bound(_notices, MostNotices);
    }

    private void NoteResult(ToolResultBlock result)
    {
        if (!_calls.Remove(result.ToolUseId, out var call))
            return;
        var answer = AnswerTo(result.ToolUseId);
        var subject = ToolSubject.Of(call.Input);
        var failed = result.IsError || answer?.ExitCode is not (null or 0);
        _failures.RemoveAll(failure => failure.Tool == call.Tool && failure.Subject == subject);
        if (failed)
        {
            _failures.Add(new FailedCall(call.Tool, subject, answer?.ExitCode, result.Text));
            Bound(_failures, MostFailures);
        }
        if (call.Tool == "bash")
        {
            _commands.Add(new RanCommand(subject, answer?.ExitCode));
            Bound(_commands, MostCommands);
        }
        else if (!failed && call.Tool is "read_file" or "write_file" or "edit_file")
        {
            NoteFile(subject, call.Tool != "read_file", answer?.FileSha256);
        }
    }

    private void NoteFile(string path, bool written, string? hash)
    {
        written |= _files.Exists(file => file.Path == path && file.Written);
        _files.RemoveAll(file => file.Path == path);
        _files.Add(new SeenFile(path, written, hash));
        Bound(_files, MostFiles);
    }

    private void NoteCheck(CheckRan check)
    {
        // What was red before the model began is no failure of its.
        if (check.Round == 0)
            return;
        _red.RemoveAll(red => red.Round != check.Round || red.Id == check.Id);
        if (check.Outcome != "pass")
            _red.Add(check);
    }

    private static void Bound<T>(List<T> list, int most)
    {
        if (list.Count > most)
            list.RemoveRange(0, list.Count - most);
    }
}
