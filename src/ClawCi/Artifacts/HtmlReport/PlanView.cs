using ClawCi.Events;

namespace ClawCi.Artifacts.HtmlReport;

/// <summary>What the task was set to do and by whom, and the numbers that pin it.</summary>
internal static class PlanView
{
    private const int MostSystem = 12_000;

    public static Html Of(RunStarted started) =>
        $"""
            <div class="wide"><table class="rows"><thead><tr><th scope="col">key</th><th scope="col">value</th><th scope="col">from</th></tr></thead>
            <tbody>{started.Origins.Select(Row)}</tbody></table></div>
            <details class="more"><summary>System prompt</summary>{Shortened.Pre(started.System, MostSystem)}</details>

            """;

    /// <param name="most">In bytes.</param>
    public static Html Parts(TaskRecord task, int most)
    {
        if (task.Digest.Parts.Count == 0)
            return Html.Empty;
        var rows = task.Digest.Parts.OrderBy(part => part.Refused is null ? 1 : 0).Select(Part);
        return $"""
            <div class="wide"><table class="rows"><thead><tr><th scope="col">name</th><th scope="col">is a</th><th scope="col">took part</th><th scope="col">from</th></tr></thead>
            <tbody>{Fitting.Of(rows, most, LeftOut)}</tbody></table></div>

            """;

        Html LeftOut(int count) =>
            $"""<tr><td colspan="4">{Amount.Count(count, "more entry", "more entries")}: see <code>{task.TranscriptPath}</code></td></tr>""";
    }

    public static Html Ids(TaskRecord task) =>
        $"""
            <dl class="ids">
            {Id("Run", task.RunId)}{Id("Task", task.Id)}{Id("Session", task.Ended.SessionId)}
            {Id("Started", Time(task.StartedAt))}{Id("claw-ci", task.Started?.Version)}
            {Id("Base commit", task.Started?.BaseCommit)}{Id("Workspace", task.Started?.Workspace)}
            {Id("Image", task.Started?.Image?.Name)}{Id("Image id", task.Started?.Image?.Id)}{Id(
                "Image digest",
                task.Started?.Image?.Digest
            )}
            {Id("Task file", task.Started?.TaskHash)}{Id("Policy", task.Started?.PolicyHash)}{Id("Plan", task.Started?.PlanHash)}
            {Id("Transcript", task.TranscriptHash)}{Id("Secrets masked", $"{task.Ended.Redactions}")}
            </dl>

            """;

    public static string? Time(DateTimeOffset? time) => time?.ToUniversalTime().ToString("d MMM yyyy, HH:mm 'UTC'");

    private static Html Row(Origin origin) =>
        $"""<tr><th scope="row">{origin.Key}</th><td><code>{origin.Value}</code></td><td>{origin.Source}</td></tr>""";

    private static Html Part(LoadedPart part) =>
        $"""
            <tr><th scope="row"><code>{Shortened.Line(part.Name, 200)}</code></th><td data-of="is a">{part.Kind}</td><td><span class="tag {(
                part.Refused is null ? "good" : "halt"
            )}">{(part.Refused is null ? "✓ yes" : "✗ no")}</span>{(
                part.Refused is { } why ? (Html)$" {Shortened.Line(why, 300)}" : Html.Empty
            )}</td><td data-of="from">{Shortened.Line(part.Source, 300)}</td></tr>

            """;

    private static Html Id(string name, string? value) =>
        string.IsNullOrEmpty(value) ? Html.Empty : $"<div><dt>{name}</dt><dd><code>{value}</code></dd></div>";
}
