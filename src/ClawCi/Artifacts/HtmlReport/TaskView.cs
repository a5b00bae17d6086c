using ClawCi.Artifacts.Diffs;
using ClawCi.Events;
using ClawCi.Sessions;

namespace ClawCi.Artifacts.HtmlReport;

/// <summary>One task's part of the report.</summary>
/// <param name="prefix">Begins the ids of this task's sections.</param>
/// <param name="level">Of the sections' headings.</param>
/// <param name="most">How many characters the conversation may take.</param>
internal sealed class TaskView(TaskRecord task, string prefix, int level, int most)
{
    private const int MostText = 12_000;
    private const int MostRows = 200;

    private readonly IReadOnlyList<Moment> _story = Story.Of(task);

    public Html Render()
    {
        Section[] sections = [.. Sections()];
        return $"""
            {OutcomeView.Panel(RunResult.Of(task.Ended))}{OutcomeView.Tiles(task)}
            <nav aria-label="Sections of {task.Name}"><ul>{sections.Select(Link)}</ul></nav>
            {sections.Select(Render)}
            """;
    }

    private sealed record Section(string Id, string Title, string Count, Html Body);

    private Html Link(Section section) => $"""<li><a href="#{prefix}{section.Id}">{section.Title}</a></li>""";

    private Html Render(Section section) =>
        $"""
            <section aria-labelledby="{prefix}{section.Id}">
            <h{level} id="{prefix}{section.Id}">{section.Title} <span class="count">{section.Count}</span></h{level}>
            {section.Body}</section>

            """;

    private IEnumerable<Section> Sections()
    {
        var end = task.Ended;
        if (end.Result.Length > 0)
            yield return new("words", "What the model said last", "", LastWords(end));
        yield return Changes(end);
        if (task.Events<CheckRan>().Any())
            yield return new("checks", "Checks", Amount.Count(end.Checks.Count, "check"), ChecksView.Of(task));
        if (end.PermissionDenials.Count > 0)
            yield return new(
                "policy",
                "Denied by the policy",
                Amount.Count(end.PermissionDenials.Count, "call"),
                Denials(end)
            );
        if (Troubles().ToArray() is { Length: > 0 } troubles)
            yield return new(
                "notes",
                "Warnings and limits",
                "",
                $"""<ul class="plain">{troubles.Take(MostRows)}</ul>"""
            );
        if (_story.Count > 0)
        {
            Html list = $"""<ol class="story">{new ConversationView(most).Of(_story)}</ol>""";
            yield return new("conversation", "Conversation", Amount.Count(end.NumTurns, "turn"), list);
        }
        if (task.Started is { } started)
            yield return new("plan", "Plan", "", PlanView.Of(started));
        yield return new("ids", "Ids and hashes", "", PlanView.Ids(task));
    }

    private static Html LastWords(TaskEnded end) =>
        $"""{Shortened.Pre(end.Result, MostText, "words quote")}<p class="meta">The outcome does not depend on it: checks and gates decide.</p>""";

    private Section Changes(TaskEnded end)
    {
        var files = task.Patch is { } patch ? DiffReader.Read(patch) : [];
        var skipped = end.Changes?.Skipped ?? [];
        Html left =
            skipped.Count == 0
                ? Html.Empty
                : $"""
                    <details class="more"><summary>{Amount.Count(
                        skipped.Count,
                        "change is",
                        "changes are"
                    )} not in the patch</summary>
                    <ul class="plain">{skipped.Take(MostRows).Select(Skipped)}</ul></details>

                    """;
        Html body =
            files.Count == 0
                ? (Html)$"{Gates(end)}<p>{NoDiff(end)}</p>{left}"
                : $"{Gates(end)}{DiffView.Of(files)}{left}";
        return new("changes", "Changes", files.Count == 0 ? "" : Amount.Count(files.Count, "file"), body);
    }

    private static string NoDiff(TaskEnded end) =>
        end.Changes switch
        {
            null => "The task ended before its changes were read.",
            { Files: > 0 } => "The patch is withheld: a secret is in it.",
            _ => "No file was changed.",
        };

    private static Html Gates(TaskEnded end) =>
        end.Changes?.Gates is { Count: > 0 } findings
            ? $"""<ul class="plain">{findings.Take(MostRows).Select(Html (finding) => $"<li class=\"denial\"><b>{finding.Action}</b> <code>{finding.Path}{(finding.Line is { } line ? $":{line}" : "")}</code> {finding.Message}</li>")}</ul>"""
            : Html.Empty;

    private static Html Skipped(SkippedChange skipped) => $"<li><code>{skipped.Path}</code> {skipped.Reason}</li>";

    private Html Denials(TaskEnded end)
    {
        var decisions = task.Events<PolicyDecided>().ToLookup(decision => decision.ToolUseId);
        return $"""<ul class="plain">{end.PermissionDenials.Take(MostRows).Select(denial =>
            Denial(denial, decisions[denial.ToolUseId].LastOrDefault())
        )}</ul>""";
    }

    private static Html Denial(PermissionDenial denial, PolicyDecided? decision) =>
        $"""
            <li class="denial"><b>{denial.ToolName}</b> <code>{Shortened.Line(ToolSubject.Of(denial.ToolInput), 300)}</code><br>
            {(denial.RuleId is null ? "" : "rule ")}<code>{denial.RuleId ?? decision?.Source ?? "policy"}</code>{(
                denial.RuleId is not null && decision is not null ? $" ({decision.Source})" : ""
            )}: {denial.Reason}</li>

            """;

    private IEnumerable<Html> Troubles() =>
        _story
            .OfType<Noted>()
            .Select(noted => noted.What)
            .Select(
                Html (what) =>
                    what switch
                    {
                        LimitReached limit => (Html)$"<li>Limit <code>{limit.Limit}</code>: {limit.Message}</li>",
                        Warned warned => $"<li>{warned.Message}</li>",
                        Failed failed => $"<li>{failed.Message}</li>",
                        _ => Html.Empty,
                    }
            )
            .Where(html => html.Length > 0);
}
