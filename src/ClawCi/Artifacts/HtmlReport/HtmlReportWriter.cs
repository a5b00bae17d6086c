namespace ClawCi.Artifacts.HtmlReport;

/// <summary><c>report.html</c>: the whole run in one file that needs nothing else and runs nothing.</summary>
internal sealed class HtmlReportWriter : IArtifactWriter
{
    /// <summary>What all conversations together may take, in characters, so that a big run's page still opens.</summary>
    private const int MostConversation = 3_000_000;

    /// <summary>More tasks than this are rows of the table only.</summary>
    private const int MostTasks = 200;

    private static readonly string Style = ReadStyle();

    public IEnumerable<Artifact> Write(RunRecord run)
    {
        var title = run.Tasks is [var only] ? only.Name : $"{run.Tasks.Count} tasks";
        var word = OutcomeWord.Of(RunResult.Of(run).Outcome);
        Html body = run.Tasks is [var task] ? OneTask(task) : SeveralTasks(run);
        Html rest = $"""
            <title>{title}: {word.Title}</title>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the report</a>
            <div class="page {word.Tone}">
            <header><p class="brand">claw-ci <span>report</span></p><p class="when">{PlanView.Time(
                run.Tasks[0].StartedAt
            )}</p></header>
            <main id="main">
            {body}
            </main>
            <footer><p>Made by claw-ci from the transcript of run <code>{run.RunId}</code>. This file holds no scripts and loads nothing.</p></footer>
            </div>
            </body>
            </html>

            """;
        // The style sheet is ours and may not be encoded; nothing else is written past Html.
        yield return new("report.html", Head + Style + "</style>\n" + rest);
    }

    private const string Head = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <meta name="robots" content="noindex">
        <style>

        """;

    private static Html OneTask(TaskRecord task) =>
        $"""
            <h1>{task.Name}</h1>{Description(task)}
            {new TaskView(task, "", 2, MostConversation).Render()}
            """;

    private static Html SeveralTasks(RunRecord run)
    {
        var most = MostConversation / Math.Min(run.Tasks.Count, MostTasks);
        return $"""
            <h1>{run.Tasks.Count} tasks</h1>
            {OutcomeView.Panel(RunResult.Of(run))}
            <div class="wide"><table class="rows tasks"><thead><tr><th scope="col">task</th><th scope="col">outcome</th><th scope="col">changes</th><th scope="col">cost</th><th scope="col">time</th></tr></thead>
            <tbody>{run.Tasks.Select(Row)}</tbody></table></div>
            {run.Tasks.Take(MostTasks).Select((task, at) => Article(task, at, most))}
            """;
    }

    private static Html Row(TaskRecord task, int at)
    {
        var end = task.Ended;
        var word = OutcomeWord.Of(end.Outcome);
        var changes = end.Changes is { Files: > 0 } some
            ? $"{some.Files} files, +{some.Additions} −{some.Deletions}"
            : "none";
        return $"""<tr><th scope="row"><a href="#t{at}">{task.Id}</a></th><td><span class="tag {word.Tone}">{word.Sign} {word.Title}</span></td><td>{changes}</td><td>{Amount.Cost(end.TotalCostUsd)}</td><td>{Amount.Duration(end.DurationMs)}</td></tr>""";
    }

    private static Html Article(TaskRecord task, int at, int most) =>
        $"""
            <article aria-labelledby="t{at}"><h2 id="t{at}">{task.Id}</h2>{Description(task)}
            {new TaskView(task, $"t{at}-", 3, most).Render()}</article>

            """;

    private static Html Description(TaskRecord task) =>
        task.Started?.Description is { Length: > 0 } text ? $"""<p class="lead">{text}</p>""" : Html.Empty;

    private static string ReadStyle()
    {
        using var stream = typeof(HtmlReportWriter).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
