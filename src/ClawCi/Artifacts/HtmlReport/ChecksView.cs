using ClawCi.Events;

namespace ClawCi.Artifacts.HtmlReport;

/// <summary>Each check with its rounds; the end of the log where it was red.</summary>
internal static class ChecksView
{
    private const int MostTail = 8000;

    public static Html Of(TaskRecord task)
    {
        var checks = task.Events<CheckRan>().GroupBy(check => check.Id);
        return $"""<ul class="checks">{checks.Select(Check)}</ul>""";
    }

    private static Html Check(IGrouping<string, CheckRan> rounds)
    {
        var last = rounds.Last();
        return $"""
            <li class="{(last.Outcome == "pass" ? "pass" : "fail")}"><p class="head"><b>{last.Id}</b> <code>{Shortened.Line(
                last.Run,
                300
            )}</code></p>{rounds.Select(round => Round(round, round == last))}</li>

            """;
    }

    private static Html Round(CheckRan check, bool isLast)
    {
        var isGreen = check.Outcome == "pass";
        Html line =
            $"""<span class="dot {(isGreen ? "pass" : "fail")}">{(isGreen ? "✓" : "✗")}</span> {RoundName(check)}: {check.Outcome}{(
                check.ExitCode is { } code && !isGreen ? $", exit code {code}" : ""
            )}{Tests(check)} <span class="meta">{Amount.Duration(check.DurationMs)}</span>""";
        return isGreen || check.Tail.Length == 0
            ? (Html)$"""<p class="round">{line}</p>"""
            : $"""<details class="round"{(isLast ? Open : Html.Empty)}><summary>{line}</summary>{Shortened.Pre(
                (check.NamedTests is null ? "" : string.Join('\n', check.NamedTests) + "\n\n") + check.Tail,
                MostTail,
                "result"
            )}<p class="meta">The whole log: <code>{check.Log}</code></p></details>""";
    }

    private static string RoundName(CheckRan check) =>
        (check.Round == 0 ? "before the change" : $"round {check.Round}")
        + (check.Rerun is { } again ? $", repetition {again}" : "");

    private static string Tests(CheckRan check) =>
        (check.Message is { } message ? $": {message}" : "")
        + (
            check.Tests is { } tests
                ? $" ({tests.Passed} tests passed, {tests.Failed} failed, {tests.Skipped} skipped)"
                : ""
        );

    private static readonly Html Open = $" open";
}
