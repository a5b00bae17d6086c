using System.Text;

namespace ClawCi.Artifacts.HtmlReport;

/// <summary><c>report.html</c>: the whole run in one file that needs nothing else and runs nothing.</summary>
internal sealed class HtmlReportWriter : IArtifactWriter
{
    /// <summary>How long the page may be, in bytes, style sheet and all.</summary>
    private const int MostBytes = 4_900_000;

    /// <summary>What the table of several tasks may take of it.</summary>
    private const int MostTable = 900_000;

    /// <summary>A part of a task that is shorter than this says nothing.</summary>
    private const int LeastTask = 40_000;

    private static readonly string Style = ReadStyle();

    public IEnumerable<Artifact> Write(RunRecord run)
    {
        // The style sheet is ours and may not be encoded; nothing else is written past Html.
        ReadOnlyMemory<byte> head = Encoding.UTF8.GetBytes($"{Head}{Style}</style>\n");
        yield return new("report.html", Page(run).SelectMany(part => part.Utf8()).Prepend(head));
    }

    private static IEnumerable<Html> Page(RunRecord run)
    {
        var title = run.Tasks is [var only] ? only.Name : $"{run.Tasks.Count} tasks";
        var word = OutcomeWord.Of(RunResult.Of(run).Outcome);
        yield return $"""
            <title>{title}: {word.Title}</title>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the report</a>
            <div class="page {word.Tone}">
            <header><p class="brand">claw-ci <span>report</span></p><p class="when">{PlanView.Time(
                run.Tasks[0].StartedAt
            )}</p></header>
            <main id="main">

            """;
        foreach (var part in run.Tasks is [var task] ? OneTask(task) : SeveralTasks(run))
            yield return part;
        yield return $"""

            </main>
            <footer><p>Made by claw-ci from the transcript of run <code>{run.RunId}</code>. This file holds no scripts and loads nothing.</p></footer>
            </div>
            </body>
            </html>

            """;
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

    private static IEnumerable<Html> OneTask(TaskRecord task)
    {
        yield return $"""
            <h1>{Shortened.Line(task.Name, 200)}</h1>{Description(task)}

            """;
        foreach (var part in new TaskView(task, "", 2, MostBytes - 300_000).Render())
            yield return part;
    }

    private static IEnumerable<Html> SeveralTasks(RunRecord run)
    {
        var most = Math.Max((MostBytes - MostTable) / run.Tasks.Count, LeastTask);
        var articles = Fitting.Of(
            run.Tasks.Select((task, at) => Article(task, at, most)),
            MostBytes - MostTable - 200_000,
            MoreTasks
        );
        yield return $"""
            <h1>{run.Tasks.Count} tasks</h1>
            {OutcomeView.Panel(RunResult.Of(run), "")}
            <div class="wide"><table class="rows tasks"><thead><tr><th scope="col">task</th><th scope="col">outcome</th><th scope="col">changes</th><th scope="col">cost</th><th scope="col">time</th></tr></thead>
            <tbody>{Fitting.Of(run.Tasks.Select(Row), MostTable, MoreRows)}</tbody></table></div>

            """;
        foreach (var article in articles)
            yield return article;
    }

    private static Html MoreRows(int count) =>
        $"""<tr><td colspan="5">{Amount.Count(count, "more task")}: see <code>result.json</code></td></tr>""";

    private static Html MoreTasks(int count) =>
        $"""<p class="meta">Of {Amount.Count(count, "task")} there is no more here than the table says, because the page would grow too long: each has its <code>tasks/…/transcript.jsonl</code>.</p>""";

    private static Html Row(TaskRecord task, int at)
    {
        var end = task.Ended;
        var word = OutcomeWord.Of(end.Outcome);
        var changes = end.Changes is { Files: > 0 } some
            ? $"{Amount.Count(some.Files, "file")}, +{some.Additions} −{some.Deletions}"
            : "none";
        return $"""<tr><th scope="row"><a href="#t{at}">{task.Id}</a></th><td><span class="tag {word.Tone}">{word.Sign} {word.Title}</span></td><td>{changes}</td><td>{Amount.Cost(end.TotalCostUsd)}</td><td>{Amount.Duration(end.DurationMs)}</td></tr>""";
    }

    private static Html Article(TaskRecord task, int at, int most) =>
        $"""
            <article aria-labelledby="t{at}"><h2 id="t{at}">{task.Id}</h2>{Description(task)}
            {new TaskView(task, $"t{at}-", 3, most).Render()}</article>

            """;

    private static Html Description(TaskRecord task) =>
        task.Started?.Description is { Length: > 0 } text
            ? $"""<p class="lead">{Shortened.Line(text, 1000)}</p>"""
            : Html.Empty;

    private static string ReadStyle()
    {
        using var stream = typeof(HtmlReportWriter).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
