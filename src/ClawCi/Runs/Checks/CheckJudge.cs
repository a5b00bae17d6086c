using ClawCi.Runs.Planning;
using ClawCi.Runs.Planning.TaskFiles;

namespace ClawCi.Runs.Checks;

/// <summary>
/// Holds what a check gave against what it demands: a pure function, and what cannot be decided is red.
/// </summary>
internal static class CheckJudge
{
    /// <param name="baseline">The same check's end before the agent began; null without a baseline.</param>
    public static CheckVerdict Judge(Check check, CheckEnd end, CheckEnd? baseline) =>
        end.Outcome switch
        {
            CheckOutcomes.Timeout => new(CheckOutcomes.Timeout, CheckReasons.Timeout),
            CheckOutcomes.Error when end.ExitCode is not null && MayBeTheAgents(check, baseline) => CheckVerdict.Red(
                CheckReasons.ExitCode,
                "the command does not exist after the change"
            ),
            CheckOutcomes.Error => new(CheckOutcomes.Error, CheckReasons.CommandMissing),
            _ => Report(end) ?? Vanished(end, baseline) ?? NoTests(end) ?? Demand(check.Must, end, baseline),
        };

    /// <summary>A script of the workspace, or a command that was there before: not the image lacks it, and the model can mend it.</summary>
    private static bool MayBeTheAgents(Check check, CheckEnd? baseline) =>
        baseline is { Outcome: not CheckOutcomes.Error }
        || (
            check.Run.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries) is [var program, ..]
            && program.Contains('/', StringComparison.Ordinal)
            && !program.StartsWith('/')
        );

    /// <summary>A command that ends red may not have come so far as to write one.</summary>
    private static CheckVerdict? Report(CheckEnd end) =>
        end.ReportProblem is null ? null
        : end.ExitCode == 0 ? CheckVerdict.Red(CheckReasons.ReportMissing, end.ReportProblem)
        : CheckVerdict.Red(CheckReasons.ExitCode, $"exit code {end.ExitCode}, and {end.ReportProblem}");

    /// <summary>Some runners exit 0 when they find nothing to run.</summary>
    private static CheckVerdict? NoTests(CheckEnd end) =>
        end is { ExitCode: 0, Tests.Ran: 0 }
            ? CheckVerdict.Red(CheckReasons.NoTests, "exit code 0, and by its report no test ran")
            : null;

    /// <summary>A test that is gone, skipped or renamed proves nothing any more.</summary>
    private static CheckVerdict? Vanished(CheckEnd end, CheckEnd? baseline)
    {
        if (end.Tests is not { } now || baseline?.Tests is not { } before)
            return null;
        var missing = now.MissingFrom(before);
        var failedBefore = missing.Intersect(before.FailedNames).ToList();
        return now.Ran < before.Ran
                ? CheckVerdict.Red(
                    CheckReasons.TestsVanished,
                    $"tests that ran: {before.Ran} before the change, {now.Ran} after it",
                    missing
                )
            : failedBefore.Count > 0
                ? CheckVerdict.Red(
                    CheckReasons.TestsVanished,
                    "tests that failed before the change do not run any more",
                    failedBefore
                )
            : null;
    }

    private static CheckVerdict Demand(MustWord must, CheckEnd end, CheckEnd? baseline) =>
        (must, baseline) switch
        {
            (MustWord.NoNewFailures, { } before) => NoNewFailures(end, before),
            (MustWord.Unchanged, { } before) => Unchanged(end, before),
            _ => Pass(end),
        };

    private static CheckVerdict Pass(CheckEnd end) =>
        end.ExitCode != 0 ? CheckVerdict.Red(CheckReasons.ExitCode, tests: end.Tests?.FailedNames)
        : end.Tests is { Failed: > 0 } tests
            ? CheckVerdict.Red(
                CheckReasons.FailingTests,
                $"exit code 0, and failing tests by its report: {tests.Failed}",
                tests.FailedNames
            )
        : CheckVerdict.Passed;

    private static CheckVerdict NoNewFailures(CheckEnd end, CheckEnd before)
    {
        if (end is { ExitCode: 0, Tests: null or { Failed: 0 } })
            return CheckVerdict.Passed;
        if (end.Tests is { } now && before.Tests is { } then)
        {
            if (now.FailuresBeyond(then) is { Count: > 0 } fresh)
                return CheckVerdict.Red(
                    CheckReasons.NewFailures,
                    $"{fresh.Count} of the failing tests did not fail before the change",
                    fresh
                );
            return now.Failed > 0
                ? CheckVerdict.Passed
                : CheckVerdict.Red(CheckReasons.ExitCode, $"exit code {end.ExitCode} although no test fails");
        }
        return before.ExitCode == 0
            ? CheckVerdict.Red(CheckReasons.ExitCode, tests: end.Tests?.FailedNames)
            : CheckVerdict.Red(
                CheckReasons.Undecidable,
                $"exit code {end.ExitCode}; it was red before the change too, and without a test report of both runs nobody can tell whether something new fails",
                end.Tests?.FailedNames
            );
    }

    private static CheckVerdict Unchanged(CheckEnd end, CheckEnd before)
    {
        if (end.ExitCode != before.ExitCode)
            return CheckVerdict.Red(
                CheckReasons.Changed,
                $"exit code {end.ExitCode} where it was {(before.ExitCode is { } code ? $"{code}" : "none")} before the change",
                end.Tests?.FailedNames
            );
        if (end.Tests is null != before.Tests is null)
            return CheckVerdict.Red(
                CheckReasons.Undecidable,
                "only one of the runs before and after the change has a test report"
            );
        if (end.Tests is not { } now || before.Tests is not { } then)
            return CheckVerdict.Passed;
        string[] other = [.. now.FailuresBeyond(then), .. then.FailuresBeyond(now)];
        return other.Length == 0
            ? CheckVerdict.Passed
            : CheckVerdict.Red(CheckReasons.Changed, "other tests fail than before the change", other);
    }
}
