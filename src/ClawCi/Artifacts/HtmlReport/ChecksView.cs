using ClawCi.Events;

namespace ClawCi.Artifacts.HtmlReport;

/// <summary>Each check with its rounds; the end of the log where it was red.</summary>
internal static class ChecksView
{
    private const int MostTail = 8000;
    private const int MostTests = 50;

    public static Html Of(TaskRecord task, int most)
    {
        var checks = task.Digest.Checks.GroupBy(check => check.Id).OrderBy(IsGreen);
        return $"""<ul class="checks">{Fitting.Of(checks.Select(Check), most, LeftOut)}</ul>""";

        Html LeftOut(int count) =>
            $"""<li>{Amount.Count(count, "more check")}: see <code>tasks/{task.Id}/checks</code></li>""";
    }

    /// <summary>A check that was red and green in its last round is flaky, and green.</summary>
    private static bool IsGreen(IGrouping<string, CheckRan> rounds)
    {
        var last = rounds.Max(ran => ran.Round);
        return rounds.Any(ran => ran.Round == last && ran.Outcome == "pass");
    }

    private static Html Check(IGrouping<string, CheckRan> rounds)
    {
        var last = rounds.Last();
        return $"""
            <li class="{(IsGreen(rounds) ? "pass" : "fail")}"><p class="head"><b>{Shortened.Line(
                last.Id,
                100
            )}</b> <code>{Shortened.Line(last.Run, 300)}</code></p>{rounds.Select(round =>
                Round(round, round == last)
            )}</li>

            """;
    }

    private static Html Round(CheckRan check, bool isLast)
    {
        var isGreen = check.Outcome == "pass";
        Html line =
            $"""<span class="dot {(isGreen ? "pass" : "fail")}">{(isGreen ? "✓" : "✗")}</span> {When(check)}: {check.Outcome}{(
                check.ExitCode is { } code && !isGreen ? $", exit code {code}" : ""
            )} <span class="meta">{Amount.Duration(check.DurationMs)}{Counts(check.Tests)}</span>{Why(check)}""";
        return isGreen || check.Tail.Length == 0
            ? (Html)$"""<p class="round">{line}</p>{Tests(check)}"""
            : $"""<details class="round"{(isLast ? Open : Html.Empty)}><summary>{line}</summary>{Tests(check)}{Shortened.Pre(
                check.Tail,
                MostTail,
                "result"
            )}<p class="meta">The whole log: <code>{check.Log}</code></p></details>""";
    }

    /// <summary><c>round 2</c>.</summary>
    public static string When(CheckRan check) =>
        (check.Round == 0 ? "before the task" : $"round {check.Round}") + (check.Rerun is null ? "" : ", run again");

    private static string Counts(TestCounts? tests) =>
        tests is null ? "" : $" · {tests.Passed} passed, {tests.Failed} failed, {tests.Skipped} skipped";

    private static Html Why(CheckRan check) =>
        check.Message is { Length: > 0 } message ? $"""<br>{Shortened.Line(message, 500)}""" : Html.Empty;

    private static Html Tests(CheckRan check) =>
        check.NamedTests is not { Count: > 0 } names
            ? Html.Empty
            : $"""<ul class="tests">{names.Take(MostTests).Select(Html (name) => $"<li><code>{Shortened.Line(name, 300)}</code></li>")}{More(
                Math.Max(names.Count - MostTests, 0) + (check.MoreTests ?? 0)
            )}</ul>""";

    private static Html More(int count) => count == 0 ? Html.Empty : $"<li>and {count} more</li>";

    private static readonly Html Open = $" open";
}
