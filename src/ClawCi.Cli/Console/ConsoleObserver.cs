using ClawCi.Artifacts;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;
using Serilog;

namespace ClawCi.Cli.Console;

/// <summary>
/// Tells a person what happens, a line a turn and tool call; in GitHub Actions each turn is folded and what needs
/// attention is an annotation. Tasks follow one another; each ends with a block that says how.
/// </summary>
internal sealed class ConsoleObserver : IRunObserver
{
    private readonly ILogger _log;
    private readonly ConsoleSettings _settings;
    private readonly string _reportPath;
    private readonly LineCutter _cut;
    private readonly StepLines _steps;
    private readonly Attention _attention;
    private readonly List<FileChanged> _files = [];
    private ToolLines _tools;
    private string _name = "";
    private string? _failure;

    public ConsoleObserver(
        ILogger log,
        ConsoleSettings settings,
        SecretMasker masker,
        string reportPath,
        TimeProvider time
    )
    {
        (_log, _settings, _reportPath) = (log, settings, reportPath);
        _cut = new LineCutter(settings, masker);
        _steps = new StepLines(log, _cut);
        _tools = new ToolLines(log, _cut);
        _attention = new Attention(log, settings.IsGitHub);
        Progress = new Progress(_cut, time);
    }

    /// <summary>Of the task that goes on.</summary>
    public Progress Progress { get; }

    public void On(RunEvent runEvent)
    {
        Progress.Note(runEvent);
        switch (runEvent)
        {
            case RunStarted started:
                Start(started);
                break;
            case ImagePulled pull:
                _steps.Pull(pull);
                break;
            case SandboxStarted sandbox:
                _steps.Sandbox(sandbox);
                break;
            case Resumed:
                _log.Information("{Sign:cyan} resumed", "▶");
                break;
            case Continued continued:
                _log.Information(
                    "{Sign:cyan} goes on from run {Run}, which ended as {Outcome}",
                    "▶",
                    continued.FromRun,
                    continued.Outcome
                );
                break;
            case SetupRan setup:
                _steps.Setup(setup);
                break;
            case MessageAdded { Role: Role.Assistant } reply:
                Turn(reply);
                break;
            case MessageAdded message:
                Say(message);
                _tools.Results(message);
                break;
            case SubagentStarted subagent:
                _log.Information(
                    "  {Sign:cyan} {Agent}  {Description:dim}",
                    "⤷",
                    subagent.AgentId,
                    _cut.Line(subagent.Description, 30)
                );
                break;
            case ToolCalled call:
                _tools.Call(call);
                break;
            case PolicyDecided { Decision: "deny" } denial:
                _tools.Deny(denial);
                break;
            case NetworkUsed { Decision: "deny" } use:
                _tools.Refuse(use);
                break;
            case ToolAnswered answer:
                _tools.Answer(answer);
                break;
            case TodosWritten written:
                _tools.Todos(written);
                break;
            case FileChanged file:
                _files.Add(file);
                break;
            case ApiRetried retry:
                Retry(retry);
                break;
            case Compacted compacted:
                _log.Information("  {Sign:cyan} compacted: {What:dim}", "⇣", CompactionWords.Of(compacted));
                break;
            case LimitReached limit:
                _attention.Unfold();
                _log.Warning("  {Sign:yellow} limit {Limit}: {Message}", "!", limit.Limit, limit.Message);
                break;
            case CheckRan check:
                _attention.Unfold();
                _steps.Check(check);
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
            // A line that is written anew has said so already.
            case Heartbeat beat when !_settings.IsLive:
                Beat(beat);
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
        _tools = new ToolLines(_log, _cut);
        _files.Clear();
        _log.Information(
            "{Sign:cyan} {Name:bold}  {Model}  {Image}",
            "▶",
            started.Name,
            started.Model,
            started.Image?.Name ?? "no image"
        );
        if (started.Description is { Length: > 0 } description)
            _log.Information("  {Description:dim}", _cut.FirstLine(description, 2));
    }

    private void Turn(MessageAdded reply)
    {
        _attention.Unfold();
        var said = _cut.FirstLine(new Message(reply.Role, reply.Content).Text, 26);
        var duration = Amount.Duration(reply.DurationMs ?? 0);
        if (!_attention.Fold($"turn {reply.Turn}{Whose(reply)}  {duration}  {said}"))
            _log.Information(
                "turn {Turn:bold}{Whose:cyan}  {Duration:dim}  {Said}",
                reply.Turn,
                Whose(reply),
                duration,
                said
            );
    }

    /// <summary>Besides the task itself.</summary>
    private void Say(MessageAdded message)
    {
        if (message.Turn > 0 && message.Content.OfType<TextBlock>().FirstOrDefault() is { } text)
            _log.Information("  → to the model: {Text:dim}", _cut.FirstLine(text.Text, 18));
    }

    private void Retry(ApiRetried retry) =>
        _log.Warning(
            "  {Sign:yellow} model: {Reason}{Status}, again in {Delay} (attempt {Attempt} of {Most} failed)",
            "↻",
            retry.Reason,
            retry.Status is { } status ? $" ({status})" : "",
            Amount.Duration(retry.DelayMs),
            retry.Attempt,
            retry.MaxAttempts
        );

    private void Beat(Heartbeat beat) =>
        _log.Information(
            "  … waiting for {What}, {Duration}  {Progress:dim}",
            beat.Waiting,
            Amount.Duration(beat.WaitedMs),
            $"{Progress}"
        );

    private void Warn(string message) => _attention.Warn($"claw-ci {_name}", message);

    /// <summary>Behind a bar no line of the message can be taken for one of ours, or for a command to the CI system.</summary>
    private void Fail(Failed failed)
    {
        _attention.Unfold();
        _failure = failed.Message;
        var lines = failed.Message.Split('\n');
        _log.Error("  {Sign:red} {Message}", "✗", lines[0]);
        foreach (var line in lines.Skip(1))
            _log.Error("  {Bar:dim} {Line}", "│", line);
    }

    private void End(TaskEnded ended)
    {
        _attention.Unfold();
        // What was just shown in full needs no more than its beginning.
        var shown = ended.Message == _failure ? ended with { Message = ended.Message.Split('\n')[0] } : ended;
        new EndBlock(_log.ForContext(ConsoleFormatter.Always, true), _cut).Write(_name, shown, _files, _reportPath);
        if (ended.ExitCode != 0)
            _attention.Fail($"claw-ci {_name}: {ended.Outcome}", ended.Message);
    }

    private static string Whose(RunEvent what) => what.IsMain ? "" : $" {what.AgentId}";
}
