using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;

namespace ClawCi.Artifacts.HtmlReport;

/// <summary>The conversation: a fold a turn, with checks, retries and warnings where they happened.</summary>
/// <param name="most">How long the conversation may be in the page, in bytes.</param>
internal sealed class ConversationView(TaskRecord task, int most)
{
    private const int LongestText = 12_000;
    private const int ShortestText = 400;

    /// <param name="lines">The task's, in whatever way they are gone through.</param>
    public IEnumerable<Html> Render(IEnumerable<TranscriptLine> lines)
    {
        var perText = Math.Clamp(most / 2 / Math.Max(task.Digest.Texts, 1), ShortestText, LongestText);
        return Fitting.Ends(Story.Of(lines).Select(moment => Moment(moment, perText)), most, LeftOut);
    }

    private Html LeftOut(int count) =>
        $"""<li class="note cut-out">{Amount.Count(count, "entry", "entries")} left out: the page would grow too long. The whole conversation is in <code>{task.TranscriptPath}</code></li>""";

    private static Html Moment(Moment moment, int most) =>
        moment switch
        {
            Turn turn => Turn(turn, most),
            Told told =>
                $"""<li class="told"><details><summary><span class="who">to {(told.AgentId == RunEvent.Main ? "the model" : told.AgentId)}</span> <span class="said">{Shortened.Line(told.Text, 160)}</span></summary>{Shortened.Pre(told.Text, most)}</details></li>""",
            Checked ran => Check(ran.Check),
            Noted noted => $"""<li class="note">{Note(noted.What)}</li>""",
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static Html Check(CheckRan check)
    {
        var colour = check.Outcome == "pass" ? "pass" : "fail";
        return $"""<li class="checked {colour}">Check <b>{check.Id}</b>, {ChecksView.When(check)}: {check.Outcome} <span class="meta">{Amount.Duration(check.DurationMs)}</span></li>""";
    }

    private static Html Turn(Turn turn, int most)
    {
        var said = Shortened.Line(turn.Text, 160);
        var look = said.Length == 0 ? "said silent" : "said";
        var line = said.Length == 0 ? Silent(turn) : said;
        var words = turn.Reply.Content.Select(block => Block(block, said, most));
        var calls = turn.Calls.Select(call => ToolCallView.Of(call, most));
        return $"""
            <li class="turn"><details>
            <summary><span class="no">{turn.Reply.Turn}</span> {Whose(turn.Reply)}<span class="{look}">{line}</span> <span class="chips">{turn.Calls.Select(
                ToolCallView.Chip
            )}</span></summary>
            <div class="body">{words}{calls}<p class="meta">{Facts(turn)}</p></div></details></li>

            """;
    }

    /// <summary>What a turn without words is about.</summary>
    private static string Silent(Turn turn) =>
        turn.Calls is [var first, ..] && Shortened.Line(ToolSubject.Of(first.Use.Input), 160) is { Length: > 0 } subject
            ? subject
            : "no words";

    /// <param name="said">What the fold's line says already.</param>
    private static Html Block(ContentBlock block, string said, int most) =>
        block switch
        {
            TextBlock text when text.Text.Trim() == said => Html.Empty,
            TextBlock text => Shortened.Pre(text.Text, most, "words"),
            ThinkingBlock thinking =>
                $"""<details class="more"><summary>Thinking</summary>{Shortened.Pre(thinking.Thinking, most)}</details>""",
            UnknownBlock unknown => Shortened.Pre(unknown.Raw.ToString(), most),
            _ => Html.Empty,
        };

    private static Html Whose(RunEvent what) =>
        what.IsMain ? Html.Empty : $"""<span class="who">{what.AgentId}</span> """;

    private static string Facts(Turn turn)
    {
        var facts = new List<string> { $"began {Amount.Duration(Began(turn))} into the task" };
        if (turn.Reply.DurationMs is { } duration)
            facts.Add($"{Amount.Duration(duration)} for the reply");
        if (turn.Reply.Usage is { } usage)
            facts.Add(Amount.Tokens(usage));
        if (turn.Reply.StopReason is { } stop and not ("end_turn" or "tool_use"))
            facts.Add($"stopped: {stop}");
        if (turn.Reply.RequestId is { } request)
            facts.Add($"request {request}");
        return string.Join(" · ", facts);
    }

    private static long Began(Turn turn) => Math.Max(turn.ElapsedMs - (turn.Reply.DurationMs ?? 0), 0);

    private static Html Note(RunEvent what) =>
        what switch
        {
            ApiRetried retry =>
                $"The model did not answer ({retry.Reason}{(retry.Status is { } status ? $", {status}" : "")}: {retry.Message}); attempt {retry.Attempt + 1} of {retry.MaxAttempts} after {Amount.Duration(retry.DelayMs)}",
            TodosWritten written =>
                $"To do: {written.Done} of {written.Todos.Count} completed{(written.Todos.FirstOrDefault(todo => todo.Status == TodoItem.InProgress) is { } now ? $", now {Shortened.Line(now.Content, 200)}" : "")}",
            Compacted compacted => $"Compacted: {CompactionWords.Of(compacted)}",
            McpServerEvent server => $"MCP server {Shortened.Line(ServerWords.Of(server), 500)}",
            Resumed resumed => $"The run was killed, and went on {Shortened.Line(ResumeWords.Of(resumed), 500)}",
            RoundStarted round => $"Round {round.Round}",
            LimitReached limit => $"Limit <code>{limit.Limit}</code> reached: {limit.Message}",
            NetworkUsed use =>
                $"Network: {use.Purpose} was refused <code>{Host(use)}</code> by rule <code>{use.Rule}</code>: {use.Reason}",
            Warned warned => $"Warning: {warned.Message}",
            Failed failed => $"Error: {failed.Message}",
            SetupRan setup =>
                $"Setup <code>{Shortened.Line(setup.Run, 200)}</code>{Exit(setup.ExitCode)} <span class=\"meta\">{Amount.Duration(setup.DurationMs)}</span>",
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static string Host(NetworkUsed use) =>
        use.Host.Length == 0 ? "a connection" : $"{Shortened.Line(use.Host, 200)}:{use.Port}";

    private static string Exit(int? code) => code is null or 0 ? "" : $", exit code {code}";
}
