using System.Globalization;

namespace ClawCi.Artifacts.HtmlReport;

/// <summary>Where time and money went: a strip a kind of work over the task's time, and what took longest.</summary>
internal static class TimelineView
{
    /// <summary>Units of the drawings' width.</summary>
    private const double Width = 1000;

    /// <summary>Marks at most on the time axis, the first not counted.</summary>
    private const int MostMarks = 6;

    private static readonly long[] Steps =
    [
        .. new[] { 1, 2, 5, 10, 20, 50, 100, 200, 500 },
        .. new[] { 1, 2, 5, 10, 15, 30 }.Select(seconds => seconds * 1000),
        .. new[] { 1, 2, 5, 10, 15, 30 }.Select(minutes => minutes * 60_000),
        .. new[] { 1, 2, 3, 6, 12, 24, 48, 96 }.Select(hours => hours * 3_600_000),
    ];

    public static Html Of(Timeline time) =>
        $"""
            <table class="time"><thead><tr><th scope="col">what</th><th scope="col">when</th><th scope="col">how long</th></tr></thead>
            <tbody>{Row(time, "Setup", "setup", time.Setup, "step")}{Row(
                time,
                "Model",
                "model",
                time.Model,
                "stretch",
                "stretches"
            )}{Row(time, "Waiting to retry", "wait", time.Waiting, "wait")}{Row(time, "Compaction", "compaction", time.Compaction, "summary", "summaries")}{Row(time, "Tools", "tools", time.Tools, "call")}{Row(
                time,
                "Checks",
                "checks",
                time.Checks,
                "run"
            )}{Cost(time)}</tbody>
            <tfoot><tr><td></td><td><div class="axis" aria-hidden="true">{Marks(time)}</div></td><td></td></tr></tfoot></table>
            {Longest(time)}{Tools(time)}
            """;

    private static Html Row(Timeline time, string label, string look, Lane lane, string one, string? several = null) =>
        lane.Count == 0
            ? Html.Empty
            : $"""
                <tr><th scope="row"><span class="key of-{look}"></span>{label}</th><td>{Strip(time, label, look, lane, one, several)}</td><td>{Amount.Duration(
                    lane.Ms
                )} <small>{Share(lane.Ms, time.TotalMs)}</small></td></tr>

                """;

    private static Html Strip(Timeline time, string label, string look, Lane lane, string one, string? several)
    {
        var bars = lane.Stretches.Select(
            Html (stretch) => $"M{Place(time, stretch.Start)} 0h{Extent(time, stretch)}v10h-{Extent(time, stretch)}z"
        );
        return $"""<svg class="strip of-{look}" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img"><title>{label}: {Amount.Duration(
            lane.Ms
        )} in {Amount.Count(lane.Count, one, several)}</title><path d="{bars}"/></svg>""";
    }

    private static Html Cost(Timeline time)
    {
        if (time.Cost.Total <= 0)
            return Html.Empty;
        var steps = time.Cost.Points.Select(
            Html (point) => $"H{Place(time, point.At)}V{Number((double)(1 - (point.Usd / time.Cost.Total)) * 9.5 + .5)}"
        );
        return $"""
            <tr><th scope="row"><span class="key of-cost"></span>Cost so far</th><td><svg class="strip of-cost" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img"><title>Cost over time, up to {Amount.Cost(
                time.Cost.Total
            )}</title><path d="M0 10{steps}H1000V10z"/></svg></td><td>{Amount.Cost(time.Cost.Total)}</td></tr>

            """;
    }

    private static IEnumerable<Html> Marks(Timeline time)
    {
        var step = Steps.FirstOrDefault(step => time.TotalMs <= step * MostMarks, time.TotalMs);
        for (var at = 0L; at <= time.TotalMs; at += step)
        {
            // A mark at the very end would stick out.
            if (at * 100 <= time.TotalMs * 96)
                yield return $"""<span style="left:{Number(100.0 * at / time.TotalMs)}%">{(at == 0 ? "0" : Mark(at))}</span>""";
        }
    }

    /// <summary>Short: <c>20 s</c>, <c>5 min</c>, <c>2 h</c>.</summary>
    private static string Mark(long ms) =>
        ms switch
        {
            < 1000 => $"{ms} ms",
            < 60_000 => $"{Number(ms / 1000.0)} s",
            < 3_600_000 => $"{Number(ms / 60_000.0)} min",
            _ => $"{Number(ms / 3_600_000.0)} h",
        };

    private static Html Longest(Timeline time)
    {
        Stretch[] longest = [.. time.Longest];
        return longest.Length == 0
            ? Html.Empty
            : $"""
                <details class="more"><summary>What took longest</summary>
                <div class="wide"><table class="rows"><thead><tr><th scope="col">what</th><th scope="col"></th><th scope="col">began after</th><th scope="col">took</th></tr></thead>
                <tbody>{longest.Select(
                    Html (stretch) =>
                        $"<tr><th scope=\"row\">{Shortened.Line(stretch.What, 60)}</th><td><code>{Shortened.Line(stretch.Subject, 160)}</code></td><td data-of=\"began after\">{Amount.Duration(stretch.StartMs)}</td><td data-of=\"took\">{Amount.Duration(stretch.Ms)}</td></tr>"
                )}</tbody></table></div></details>

                """;
    }

    private static Html Tools(Timeline time)
    {
        ToolTime[] tools = [.. time.ByTool];
        return tools.Length == 0
            ? Html.Empty
            : $"""
                <details class="more"><summary>Tool by tool</summary>
                <div class="wide"><table class="rows"><thead><tr><th scope="col">tool</th><th scope="col">calls</th><th scope="col">with an error</th><th scope="col">time</th></tr></thead>
                <tbody>{tools.Select(
                    Html (tool) =>
                        $"<tr><th scope=\"row\"><code>{Shortened.Line(tool.Name, 60)}</code></th><td data-of=\"calls\">{tool.Calls}</td><td data-of=\"with an error\">{tool.Failed}</td><td data-of=\"time\">{Amount.Duration(tool.Ms)}</td></tr>"
                )}</tbody></table></div></details>

                """;
    }

    private static string Share(long part, long whole) =>
        part * 100 < whole ? "< 1 %" : $"{Number(Math.Round(100.0 * Math.Min(part, whole) / whole))} %";

    private static string Place(Timeline time, long at) => Number(Width * Math.Min(at, time.TotalMs) / time.TotalMs);

    /// <summary>At least so wide that it is seen.</summary>
    private static string Extent(Timeline time, (long Start, long End) stretch) =>
        Number(Math.Max(Width * (Math.Min(stretch.End, time.TotalMs) - stretch.Start) / time.TotalMs, 1.2));

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
