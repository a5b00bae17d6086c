using ClawCi.ChangeSets;
using ClawCi.Events;
using ClawCi.Runs.Planning;

namespace ClawCi.Runs.Checks;

/// <summary>A task's checks over its rounds: how they stood before the agent, how they stand now, and once more when a red one may be chance.</summary>
/// <param name="earlier">What a killed run had run. A baseline is made again: more of it counts than was written down.</param>
internal sealed class Verification(
    PlannedTask task,
    CheckRunner runner,
    IRunObserver events,
    IReadOnlyList<CheckRan>? earlier = null
)
{
    private readonly Dictionary<string, CheckEnd> _baselines = [];
    private readonly List<CheckRan> _ran = [.. earlier ?? []];

    /// <summary>Everything that ran, in order; the baseline is round 0.</summary>
    public IReadOnlyList<CheckRan> Ran => _ran;

    /// <summary>Runs the checks on what the agent will find, if the plan asks for it.</summary>
    /// <returns>What the model should know of that; empty when nothing is red.</returns>
    public async Task<string> BeginAsync(CancellationToken cancellationToken)
    {
        if (!task.Verify.Baseline || task.Verify.Checks.Count == 0)
            return "";
        var results = await runner.RunAsync(task.Verify.Checks, ChangeSet.Empty, 0, 0, _baselines, cancellationToken);
        foreach (var (ran, end) in results)
            _baselines[ran.Id] = end;
        return Keep(results) is { Count: > 0 } red ? CheckFeedback.Baseline(red) : "";
    }

    /// <summary>Runs the checks on the changes, protected paths as in the checkout.</summary>
    /// <returns>The red checks.</returns>
    public async Task<IReadOnlyList<CheckRan>> JudgeAsync(
        ChangeSet changes,
        int round,
        CancellationToken cancellationToken
    )
    {
        if (task.Verify.Checks.Count == 0)
            return [];
        using var judged = changes.Without(entry => task.ProtectedPaths.Matches(entry.DisplayPath));
        var red = Keep(await runner.RunAsync(task.Verify.Checks, judged, round, 0, _baselines, cancellationToken));
        for (var rerun = 1; rerun <= task.Verify.FlakyReruns && red.Count > 0 && red.All(MayBeChance); rerun++)
            red = await RerunAsync(red, judged, round, rerun, cancellationToken);
        return red;
    }

    /// <summary>In a container of its own, with the checks before it, which it may build on.</summary>
    private async Task<IReadOnlyList<CheckRan>> RerunAsync(
        IReadOnlyList<CheckRan> red,
        ChangeSet changes,
        int round,
        int rerun,
        CancellationToken cancellationToken
    )
    {
        Check[] again =
        [
            .. task.Verify.Checks.Take(task.Verify.Checks.Index().Last(check => check.Item.Id == red[^1].Id).Index + 1),
        ];
        var results = await runner.RunAsync(again, changes, round, rerun, _baselines, cancellationToken);
        var still = Keep(results).IntersectBy(red.Select(check => check.Id), check => check.Id).ToList();
        foreach (var flaky in red.ExceptBy(still.Select(check => check.Id), check => check.Id))
            events.On(
                new Warned(
                    $"Check {flaky.Id} is flaky: it was red ({CheckFeedback.Describe(flaky)}), and green when it ran again on the same changes."
                )
            );
        return still;
    }

    /// <summary>Tests fail by chance, and so do commands that tell of no tests; a lost report, a lost test, silence and a missing command do not.</summary>
    private static bool MayBeChance(CheckRan check) =>
        check
            is { Reason: CheckReasons.FailingTests or CheckReasons.NewFailures or CheckReasons.Changed }
                or { Reason: CheckReasons.ExitCode, Message: null, Tests: null or { Failed: > 0 } };

    private IReadOnlyList<CheckRan> Keep(IReadOnlyList<(CheckRan Ran, CheckEnd End)> results)
    {
        _ran.AddRange(results.Select(result => result.Ran));
        return [.. results.Select(result => result.Ran).Where(check => check.Outcome != CheckOutcomes.Pass)];
    }
}
