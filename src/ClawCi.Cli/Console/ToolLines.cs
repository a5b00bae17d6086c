using ClawCi.Artifacts;
using ClawCi.Events;
using ClawCi.Messages;
using Serilog;

namespace ClawCi.Cli.Console;

/// <summary>A task's tool calls, a line each: what was called and how it ended, or why it did not run.</summary>
internal sealed class ToolLines(ILogger log, LineCutter cut)
{
    private const int HeadLines = 12;

    private readonly Dictionary<string, ToolCalled> _calls = [];
    private readonly HashSet<string> _denied = [];
    private readonly HashSet<(string, string, int, string)> _refused = [];

    public void Call(ToolCalled call) => _calls[call.ToolUseId] = call;

    public void Deny(PolicyDecided denial)
    {
        _denied.Add(denial.ToolUseId);
        var subject = denial.Subject.Length > 0 ? denial.Subject : SubjectOf(denial.ToolUseId);
        log.Warning(
            "  {Sign:yellow} {Tool:yellow}  {Subject}  {Verdict:yellow}: {Reason}",
            "✗",
            denial.Tool,
            cut.Line(subject, 60),
            $"denied by {denial.RuleId ?? denial.Source}",
            denial.Reason
        );
    }

    public void Answer(ToolAnswered answer)
    {
        // A list of todos is told as such.
        if (_denied.Contains(answer.ToolUseId) || answer is { IsError: false, Tool: "todo_write" })
            return;
        var duration = Amount.Duration(answer.DurationMs);
        var subject = cut.Line(SubjectOf(answer.ToolUseId), 36);
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

    public void Todos(TodosWritten written)
    {
        var now = written.Todos.FirstOrDefault(todo => todo.Status == TodoItem.InProgress);
        log.Information(
            "  {Sign:cyan} {Done}  {Now:dim}",
            "☰",
            $"{written.Done} of {written.Todos.Count} done",
            now is null ? "" : cut.Line(now.Content, 24)
        );
    }

    /// <summary>Each host once: a program that is refused asks again and again.</summary>
    public void Refuse(NetworkUsed use)
    {
        if (!_refused.Add((use.Purpose, use.Host, use.Port, use.Rule)))
            return;
        log.Warning(
            "  {Sign:yellow} {Tool:yellow}  {Subject}  {Verdict:yellow}: {Reason}",
            "✗",
            "network",
            cut.Line(use.Host.Length == 0 ? "?" : $"{use.Host}:{use.Port}", 60),
            $"refused by {use.Rule}",
            use.Reason
        );
    }

    public void Results(MessageAdded message)
    {
        foreach (var result in message.Content.OfType<ToolResultBlock>())
        {
            var tool = _calls.Remove(result.ToolUseId, out var call) ? call.Tool : result.ToolUseId;
            _denied.Remove(result.ToolUseId);
            if (result.Text.Length == 0)
                continue;
            log.Debug("  {Tool:dim} answered", tool);
            log.Debug("{Output:block}", cut.Head(result.Text, HeadLines));
        }
    }

    private string SubjectOf(string toolUseId) =>
        _calls.TryGetValue(toolUseId, out var call)
            ? $"{(call.IsMain ? "" : $"[{call.AgentId}] ")}{ToolSubject.Of(call.Input)}"
            : "";
}
