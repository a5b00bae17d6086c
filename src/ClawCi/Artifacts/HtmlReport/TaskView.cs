using ClawCi.Events;

namespace ClawCi.Artifacts.HtmlReport;

/// <summary>One task's part of the report.</summary>
/// <param name="prefix">Begins the ids of this task's sections.</param>
/// <param name="level">Of the sections' headings.</param>
/// <param name="most">About how long the part may be, in bytes: half of it the conversation, a third the changes.</param>
internal sealed class TaskView(TaskRecord task, string prefix, int level, int most)
{
    private const int MostText = 12_000;
    private const int Resolution = 800;
    private const int ResolutionOfMany = 150;

    /// <summary>What a list may take.</summary>
    private readonly int _mostOfList = most / 40;

    /// <returns>In parts, none of which is longer than a section.</returns>
    public IEnumerable<Html> Render()
    {
        Section[] sections = [.. Sections()];
        yield return $"""
            {OutcomeView.Panel(RunResult.Of(task.Ended), Consequence.Of(task.Ended))}{OutcomeView.Tiles(task)}
            <nav aria-label="Sections of {task.Name}"><ul>{sections.Select(Link)}</ul></nav>

            """;
        foreach (var section in sections)
            yield return Render(section);
    }

    private sealed record Section(string Id, string Title, string Count, Html Body);

    private Html Link(Section section) => $"""<li><a href="#{prefix}{section.Id}">{section.Title}</a></li>""";

    private Html Render(Section section) =>
        $"""
            <section aria-labelledby="{prefix}{section.Id}">
            <h{level} id="{prefix}{section.Id}">{section.Title} <span class="count">{section.Count}</span></h{level}>
            {section.Body}</section>

            """;

    /// <summary>What decided comes first: of a task that went wrong the reason, then its work.</summary>
    private IEnumerable<Section> Sections()
    {
        var end = task.Ended;
        Section[] evidence = [.. Evidence()];
        if (end.ExitCode == 0)
            evidence = [Changes(end), .. evidence];
        else
            evidence = [.. evidence, Changes(end)];
        foreach (var section in evidence)
            yield return section;
        if (end.Result.Length > 0)
            yield return new("words", "What the model said last", "", LastWords(end));
        var (conversation, time) = OnePass();
        if (task.Digest.First is not null)
            yield return new(
                "time",
                "Time and money",
                Amount.Duration(time.TotalMs),
                $"{TimelineView.Of(time)}{Spent(end)}"
            );
        if (task.Digest.Network.Any())
            yield return new(
                "network",
                "Network",
                Amount.Count(task.Digest.Network.Count(), "host"),
                NetworkView.Of(task, _mostOfList)
            );
        if (TroubleView.IsNeeded(task.Digest))
            yield return new("notes", "On the way", "", TroubleView.Of(task, _mostOfList));
        if (task.Digest.Todos is { Count: > 0 } todos)
            yield return new("todos", "The model's list", Done(todos), TodoView.Of(todos));
        if (task.Digest.Texts > 0)
            yield return new("conversation", "Conversation", Amount.Count(end.NumTurns, "turn"), conversation);
        if (task.Started is { } started)
            yield return new("plan", "Plan", "", $"{PlanView.Of(started)}{PlanView.Parts(task, _mostOfList)}");
        yield return new("ids", "Ids and hashes", "", PlanView.Ids(task));
    }

    /// <summary>Going through a transcript is most of a report's work: both are made on the way.</summary>
    private (Html Conversation, Timeline Time) OnePass()
    {
        var total = Math.Max(task.Ended.DurationMs, task.Digest.Last?.ElapsedMs ?? 0);
        var time = new Timeline(total, level == 2 ? Resolution : ResolutionOfMany);
        var lines = task.Lines.Select(line =>
        {
            time.Add(line);
            return line;
        });
        return ($"""<ol class="story">{new ConversationView(task, most / 2).Render(lines)}</ol>""", time);
    }

    private IEnumerable<Section> Evidence()
    {
        var end = task.Ended;
        if (SetupView.IsNeeded(task.Digest))
            yield return new("setup", "Setup", "", SetupView.Of(task.Digest));
        if (task.Digest.Checks.Count > 0)
            yield return new(
                "checks",
                "Checks",
                Amount.Count(end.Checks.Count, "check"),
                ChecksView.Of(task, 4 * _mostOfList)
            );
        if (end.PermissionDenials.Count > 0)
            yield return new(
                "policy",
                "Denied by the policy",
                Amount.Count(end.PermissionDenials.Count, "call"),
                DenialsView.Of(task, _mostOfList)
            );
    }

    private static string Done(IReadOnlyList<TodoItem> todos) =>
        $"{todos.Count(todo => todo.IsDone)} of {todos.Count} completed";

    private static Html Spent(TaskEnded end) => end.ModelUsage.Count == 0 ? Html.Empty : SpendView.Of(end);

    private static Html LastWords(TaskEnded end) =>
        $"""{Shortened.Pre(end.Result, MostText, "words quote")}<p class="meta">The outcome does not depend on it: checks and gates decide.</p>""";

    private Section Changes(TaskEnded end)
    {
        var files = 0;
        Html[] diff = task.Patch is { } patch ? [.. DiffView.Of(patch, most / 3, out files)] : [];
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
                    <ul class="plain">{Fitting.Of(skipped.Select(Skipped), _mostOfList, MoreInTheResult)}</ul></details>

                    """;
        Html body = files == 0 ? (Html)$"{Gates(end)}<p>{NoDiff(end)}</p>{left}" : $"{Gates(end)}{diff}{left}";
        return new("changes", "Changes", files == 0 ? "" : Amount.Count(files, "file"), body);
    }

    private static string NoDiff(TaskEnded end) =>
        end.Changes switch
        {
            null when end.NumTurns == 0 => "The task ended before the model was asked.",
            null => "The task ended before its changes were read.",
            { Files: > 0 } => "The patch is withheld: a secret is in it.",
            _ => "No file was changed.",
        };

    private Html Gates(TaskEnded end) =>
        end.Changes?.Gates is { Count: > 0 } findings
            ? $"""<ul class="plain gates">{Fitting.Of(findings.Select(Gate), _mostOfList, MoreInTheResult)}</ul>"""
            : Html.Empty;

    private static Html Gate(GateFinding finding) =>
        $"""<li><span class="tag {(finding.Action == GateFinding.Block ? "bad" : "halt")}">{finding.Action}</span> <code>{Shortened.Line(
            finding.Path,
            300
        )}{(finding.Line is { } line ? $":{line}" : "")}</code> {Shortened.Line(finding.Message, 500)}</li>""";

    private static Html Skipped(SkippedChange skipped) =>
        $"<li><code>{Shortened.Line(skipped.Path, 300)}</code> {Shortened.Line(skipped.Reason, 300)}</li>";

    private Html MoreInTheResult(int count) =>
        $"<li>{Amount.Count(count, "more entry", "more entries")}: see <code>tasks/{task.Id}/result.json</code></li>";
}
