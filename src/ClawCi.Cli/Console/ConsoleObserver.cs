using ClawCi.Artifacts;
using ClawCi.Events;
using ClawCi.GitHub;
using ClawCi.Messages;
using ClawCi.Sessions;
using Serilog;

namespace ClawCi.Cli.Console;

/// <summary>
/// Tells a person what happens, a line a turn and tool call; in GitHub Actions each turn is folded and what needs
/// attention is an annotation. Tasks follow one another; each ends with a block that says how.
/// </summary>
/// <param name="reportPath">Where the report will be.</param>
/// <param name="time">For how long a task has been going on.</param>
internal sealed class ConsoleObserver(
    ILogger log,
    ConsoleSettings settings,
    SecretMasker masker,
    string reportPath,
    TimeProvider time
) : IRunObserver
{
    private const int HeadLines = 12;
    private const int TailLines = 20;

    private readonly LineCutter _cut = new(settings, masker);
    private readonly Progress _progress = new(time);
    private readonly Dictionary<string, ToolCalled> _calls = [];
    private readonly HashSet<string> _denied = [];
    private readonly HashSet<(string, string, int, string)> _refused = [];
    private readonly List<FileChanged> _files = [];
    private string _name = "";
    private string? _failure;
    private bool _isFolded;
    private int _warnings;
    private int _errors;

    public void On(RunEvent runEvent)
    {
        _progress.Note(runEvent);
        switch (runEvent)
        {
            case RunStarted started:
                Start(started);
                break;
            case ImagePulled pull:
                Pull(pull);
                break;
            case SandboxStarted sandbox:
                log.Debug(
                    "  {Purpose:dim} {What:dim} up in {Duration}{Workspace:dim}",
                    sandbox.Purpose,
                    // Without a container the workspace is a copy.
                    sandbox.Workspace == "copied"
                        ? "process"
                        : "container",
                    Amount.Duration(sandbox.DurationMs),
                    sandbox.Workspace is { } workspace ? $", workspace {workspace}" : ""
                );
                break;
            case Resumed:
                log.Information("{Sign:cyan} resumed", "▶");
                break;
            case SetupRan setup:
                Setup(setup);
                break;
            case MessageAdded { Role: Role.Assistant } reply:
                Turn(reply);
                break;
            case MessageAdded { Role: Role.User } message:
                User(message);
                break;
            case ToolCalled call:
                _calls[call.ToolUseId] = call;
                break;
            case PolicyDecided { Decision: "deny" } denial:
                Deny(denial);
                break;
            case NetworkUsed { Decision: "deny" } use when _refused.Add((use.Purpose, use.Host, use.Port, use.Rule)):
                log.Warning(
                    "  {Sign:yellow} {Tool:yellow}  {Subject}  {Verdict:yellow}: {Reason}",
                    "✗",
                    "network",
                    _cut.Line(use.Host.Length == 0 ? "?" : $"{use.Host}:{use.Port}", 60),
                    $"refused by {use.Rule}",
                    use.Reason
                );
                break;
            case ToolAnswered { IsError: false, Tool: "todo_write" }:
                break;
            case ToolAnswered answer when !_denied.Contains(answer.ToolUseId):
                Answer(answer);
                break;
            case TodosWritten written:
                var now = written.Todos.FirstOrDefault(todo => todo.Status == TodoItem.InProgress);
                log.Information(
                    "  {Sign:cyan} {Done}  {Now:dim}",
                    "☰",
                    $"{written.Done} of {written.Todos.Count} done",
                    now is null ? "" : _cut.Line(now.Content, 24)
                );
                break;
            case FileChanged file:
                _files.Add(file);
                break;
            case ApiRetried retry:
                Retry(retry);
                break;
            case Compacted compacted:
                log.Information("  {Sign:cyan} compacted: {What:dim}", "⇣", CompactionWords.Of(compacted));
                break;
            case LimitReached limit:
                Unfold();
                log.Warning("  {Sign:yellow} limit {Limit}: {Message}", "!", limit.Limit, limit.Message);
                break;
            case CheckRan check:
                Check(check);
                break;
            case HookRan { Decision: "block" or "error" } hook:
                Warn($"{hook.Event} hook ({hook.Source}): {hook.Message}");
                break;
            // One that is required is the task's failure, which is told anyway.
            case McpServerEvent { State: "failed" or "lost", Required: false } server:
                Warn($"MCP server {server.Server}: {server.Message}");
                break;
            case Warned warned:
                Warn(warned.Message);
                break;
            case Failed failed:
                Fail(failed);
                break;
            case Heartbeat beat:
                log.Information(
                    "  … waiting for {What}, {Duration}  {Progress:dim}",
                    beat.Waiting,
                    Amount.Duration(beat.WaitedMs),
                    $"{_progress}"
                );
                break;
            case TaskEnded ended:
                End(ended);
                break;
        }
    }

    private void Start(RunStarted started)
    {
        _name = started.Name;
        _failure = null;
        _calls.Clear();
        _denied.Clear();
        _refused.Clear();
        _files.Clear();
        log.Information(
            "{Sign:cyan} {Name:bold}  {Model}  {Image}",
            "▶",
            started.Name,
            started.Model,
            started.Image?.Name ?? "no image"
        );
        if (started.Description is { Length: > 0 } description)
            log.Information("  {Description:dim}", _cut.FirstLine(description, 2));
    }

    private void Pull(ImagePulled pull)
    {
        var duration = Amount.Duration(pull.DurationMs);
        if (pull.Done)
            log.Information("  image {Image}  {Duration:dim}", pull.Image, duration);
        else
            log.Information(
                "  image {Image}  {Bytes} of {Total} MB  {Duration:dim}",
                pull.Image,
                pull.Bytes / 1_000_000,
                pull.TotalBytes / 1_000_000,
                duration
            );
    }

    private void Setup(SetupRan setup)
    {
        var run = _cut.Line(setup.Run, 40);
        var duration = Amount.Duration(setup.DurationMs);
        if (setup.ExitCode == 0)
        {
            log.Information("  setup  {Run}  {Duration:dim}", run, duration);
            return;
        }
        log.Error("  {Sign:red} setup  {Run}  exit {Exit:red}  {Duration:dim}", "✗", run, setup.ExitCode, duration);
        log.Error("{Output:block}", _cut.Tail(setup.Tail, TailLines));
    }

    private void Turn(MessageAdded reply)
    {
        Unfold();
        var said = _cut.FirstLine(new Message(reply.Role, reply.Content).Text, 26);
        var duration = Amount.Duration(reply.DurationMs ?? 0);
        if (!settings.IsGitHub)
        {
            log.Information("turn {Turn:bold}  {Duration:dim}  {Said}", reply.Turn, duration, said);
            return;
        }
        log.Information("{Command}", WorkflowCommand.Group($"turn {reply.Turn}  {duration}  {said}"));
        _isFolded = true;
    }

    private void User(MessageAdded message)
    {
        if (message.Turn > 0 && message.Content.OfType<TextBlock>().FirstOrDefault() is { } text)
            log.Information("  → to the model: {Text:dim}", _cut.FirstLine(text.Text, 18));
        foreach (var result in message.Content.OfType<ToolResultBlock>().Where(result => result.Text.Length > 0))
        {
            var tool = _calls.TryGetValue(result.ToolUseId, out var call) ? call.Tool : result.ToolUseId;
            log.Debug("  {Tool:dim} answered", tool);
            log.Debug("{Output:block}", _cut.Head(result.Text, HeadLines));
        }
    }

    private void Deny(PolicyDecided denial)
    {
        _denied.Add(denial.ToolUseId);
        var subject = denial.Subject.Length > 0 ? denial.Subject : SubjectOf(denial.ToolUseId);
        log.Warning(
            "  {Sign:yellow} {Tool:yellow}  {Subject}  {Verdict:yellow}: {Reason}",
            "✗",
            denial.Tool,
            _cut.Line(subject, 60),
            $"denied by {denial.RuleId ?? denial.Source}",
            denial.Reason
        );
    }

    private void Answer(ToolAnswered answer)
    {
        var duration = Amount.Duration(answer.DurationMs);
        var subject = _cut.Line(SubjectOf(answer.ToolUseId), 36);
        if (answer.ExitCode is > 0)
            log.Information(
                "  {Tool,-11} {Subject}  {Duration:dim}  exit {Exit:yellow}",
                answer.Tool,
                subject,
                duration,
                answer.ExitCode
            );
        else if (answer.IsError)
            log.Information(
                "  {Tool,-11} {Subject}  {Duration:dim}  {Error:yellow}",
                answer.Tool,
                subject,
                duration,
                "error"
            );
        else
            log.Information("  {Tool,-11} {Subject}  {Duration:dim}", answer.Tool, subject, duration);
    }

    private void Retry(ApiRetried retry) =>
        log.Warning(
            "  {Sign:yellow} model: {Reason}{Status}, again in {Delay} (attempt {Attempt} of {Most} failed)",
            "↻",
            retry.Reason,
            retry.Status is { } status ? $" ({status})" : "",
            Amount.Duration(retry.DelayMs),
            retry.Attempt,
            retry.MaxAttempts
        );

    private void Check(CheckRan check)
    {
        Unfold();
        var duration = Amount.Duration(check.DurationMs);
        if (check.Outcome == "pass")
        {
            log.Information(
                "{Sign:green} check {Id}  {Round}  {Duration:dim}",
                "✓",
                check.Id,
                check.Round == 0 ? "before" : $"round {check.Round}",
                duration
            );
            return;
        }
        log.Information(
            "{Sign:red} check {Id}  {Round}  {Duration:dim}  {Outcome:red}{Exit}",
            "✗",
            check.Id,
            check.Round == 0 ? "before" : $"round {check.Round}",
            duration,
            check.Outcome,
            check.Message is { } message ? $", {message}"
                : check.ExitCode is { } code ? $", exit {code}"
                : ""
        );
        log.Information("{Output:block}", _cut.Tail(check.Tail, TailLines));
    }

    private void Warn(string message)
    {
        if (settings.IsGitHub && _warnings++ < Annotations.Most)
            log.Warning("{Command}", WorkflowCommand.Warning($"claw-ci {_name}", message));
        else
            log.Warning("  {Sign:yellow} {Message}", "!", message);
    }

    /// <summary>Behind a bar no line of the message can be taken for one of ours, or for a command to the CI system.</summary>
    private void Fail(Failed failed)
    {
        Unfold();
        _failure = failed.Message;
        var lines = failed.Message.Split('\n');
        log.Error("  {Sign:red} {Message}", "✗", lines[0]);
        foreach (var line in lines.Skip(1))
            log.Error("  {Bar:dim} {Line}", "│", line);
    }

    private void End(TaskEnded ended)
    {
        Unfold();
        // What was just shown in full needs no more than its beginning.
        var shown = ended.Message == _failure ? ended with { Message = ended.Message.Split('\n')[0] } : ended;
        new EndBlock(log.ForContext(ConsoleFormatter.Always, true), _cut).Write(_name, shown, _files, reportPath);
        if (settings.IsGitHub && ended.ExitCode != 0 && _errors++ < Annotations.Most)
            log.Error("{Command}", WorkflowCommand.Error($"claw-ci {_name}: {ended.Outcome}", ended.Message));
    }

    private string SubjectOf(string toolUseId) =>
        _calls.TryGetValue(toolUseId, out var call) ? ToolSubject.Of(call.Input) : "";

    /// <summary>What a person should see must not be folded away.</summary>
    private void Unfold()
    {
        if (_isFolded)
            log.Information("{Command}", WorkflowCommand.EndGroup);
        _isFolded = false;
    }
}
