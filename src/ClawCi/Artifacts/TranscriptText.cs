using ClawCi.Artifacts.HtmlReport;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;

namespace ClawCi.Artifacts;

/// <summary>A transcript as text to read from top to bottom: whole, with nothing hidden in it, behind no colours.</summary>
internal sealed class TranscriptText
{
    private const string Bar = "  │ ";

    private readonly Dictionary<string, ToolCalled> _calls = [];
    private readonly List<string> _lines = [];

    private TranscriptText() { }

    public static IEnumerable<string> Of(IEnumerable<TranscriptLine> transcript)
    {
        var text = new TranscriptText();
        foreach (var read in transcript)
        {
            text.Write(read.Event);
            foreach (var line in text._lines)
                yield return line;
            text._lines.Clear();
        }
    }

    private void Write(RunEvent? runEvent)
    {
        switch (runEvent)
        {
            case RunStarted started:
                Line($"# {started.Name}");
                Line($"model {started.Model}, image {started.Image?.Name ?? "none"}, workspace {started.Workspace}");
                break;
            case Continued continued:
                Line($"goes on from run {continued.FromRun}, which ended as {continued.Outcome} ({continued.Reason})");
                break;
            case SetupRan setup:
                Line($"setup: {setup.Run} ({Exit(setup.ExitCode)}, {Amount.Duration(setup.DurationMs)})");
                Block(setup.Tail);
                break;
            case McpServerEvent server:
                Line($"MCP server {ServerWords.Of(server)}");
                break;
            case Resumed resumed:
                Line("");
                Line($"# resumed {ResumeWords.Of(resumed)}");
                break;
            case RoundStarted round:
                Line("");
                Line($"# round {round.Round}");
                break;
            case MessageAdded { Role: Role.Assistant } reply:
                Line("");
                Line($"## turn {reply.Turn}{Whose(reply)}, {Amount.Duration(reply.DurationMs ?? 0)}");
                foreach (var block in reply.Content)
                    Say(block);
                break;
            case MessageAdded message:
                foreach (var block in message.Content)
                    Hear(block);
                break;
            case SubagentStarted subagent:
                Line("");
                Line($"## {subagent.AgentId} begins: {subagent.Description}");
                break;
            case ToolCalled call:
                _calls[call.ToolUseId] = call;
                break;
            case PolicyDecided { Decision: "deny" } denial:
                Line($"denied: {denial.Tool} {denial.Subject}, by {denial.RuleId ?? denial.Source}: {denial.Reason}");
                break;
            case HookRan { Decision: not "go-on" } hook:
                Line($"hook: {hook.Event} ({hook.Source}): {hook.Decision} {hook.Message}");
                break;
            case NetworkUsed { Decision: "deny" } use:
                Line($"network: {use.Host}:{use.Port} refused by {use.Rule}: {use.Reason}");
                break;
            case ApiRetried retry:
                Line($"model: {retry.Reason}, again in {Amount.Duration(retry.DelayMs)}: {retry.Message}");
                break;
            case Compacted compacted:
                Line("");
                Line($"compacted: {CompactionWords.Of(compacted)}");
                if (compacted.Replaced is { } replaced)
                    Block(replaced.Summary);
                break;
            case LimitReached limit:
                Line($"limit: {limit.Limit}: {limit.Message}");
                break;
            case TodosWritten written:
                Line($"to do, {written.Done} of {written.Todos.Count} completed:");
                Block(string.Join('\n', written.Todos));
                break;
            case CheckRan check:
                Line("");
                Line(
                    $"check {check.Id}, {ChecksView.When(check)}: {check.Outcome} ({Exit(check.ExitCode)}, {Amount.Duration(check.DurationMs)})"
                );
                Block(check.Tail);
                break;
            case FileChanged file:
                Line($"{file.Kind}: {file.Path}");
                break;
            case Loaded loaded:
                foreach (var part in loaded.Parts)
                    Line(
                        $"{part.Kind} {part.Name} of {part.Source}{(part.Refused is { } why ? $": refused, {why}" : "")}"
                    );
                break;
            case Warned warned:
                Line($"warning: {warned.Message}");
                break;
            case Failed failed:
                Line("error:");
                Block(failed.Message);
                break;
            case TaskEnded ended:
                Line("");
                Line($"# {ended.Outcome} (exit {ended.ExitCode}, {ended.Reason})");
                Block(ended.Message);
                Line(
                    $"{Amount.Count(ended.NumTurns, "turn")}, {Amount.Duration(ended.DurationMs)}, {Amount.Cost(ended.TotalCostUsd)}, {Amount.Tokens(ended.Usage)}"
                );
                break;
        }
    }

    /// <summary>What the model says.</summary>
    private void Say(ContentBlock block)
    {
        switch (block)
        {
            case TextBlock text:
                Block(text.Text);
                break;
            case ThinkingBlock { Thinking.Length: > 0 } thinking:
                Line("thinking:");
                Block(thinking.Thinking);
                break;
            case ToolUseBlock use:
                Line($"calls {use.Name}:");
                Block(use.MalformedInput ?? use.Input.GetRawText());
                break;
        }
    }

    /// <summary>What it is told.</summary>
    private void Hear(ContentBlock block)
    {
        switch (block)
        {
            case TextBlock text:
                Line("to the model:");
                Block(text.Text);
                break;
            case ToolResultBlock result:
                var tool = _calls.Remove(result.ToolUseId, out var call) ? call.Tool : result.ToolUseId;
                Line($"{tool} {(result.IsError ? "fails" : "answers")}:");
                Block(result.Text);
                break;
        }
    }

    private static string Whose(RunEvent what) => what.IsMain ? "" : $" of {what.AgentId}";

    private static string Exit(int? code) => code is null ? "no exit code" : $"exit {code}";

    private void Line(string text) => _lines.Add(VisibleText.Line(text));

    private void Block(string text)
    {
        foreach (var line in VisibleText.Of(text).TrimEnd('\n').Split('\n'))
            _lines.Add((Bar + line).TrimEnd());
    }
}
