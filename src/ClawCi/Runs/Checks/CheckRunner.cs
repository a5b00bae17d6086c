using ClawCi.ChangeSets;
using ClawCi.Events;
using ClawCi.Runs.Planning;
using ClawCi.Runs.Planning.TaskFiles;
using ClawCi.Sandboxes;
using ClawCi.Sessions;

namespace ClawCi.Runs.Checks;

/// <summary>Runs checks on the checkout with changes replayed, in a container the agent was never in.</summary>
internal sealed class CheckRunner(
    ITaskSandbox sandbox,
    TaskDirectory directory,
    SecretMasker masker,
    TaskClock clock,
    IRunObserver events,
    TimeProvider time
)
{
    /// <summary>How much of a log the model and the reports see.</summary>
    private const int TailLength = 4_000;

    private const int MostNames = 50;

    /// <param name="rerun">0, or which repetition of the round this is.</param>
    /// <param name="baselines">Of each check, by id; empty for the baseline itself.</param>
    /// <returns>In the order of the checks; each was told as an event.</returns>
    public async Task<IReadOnlyList<(CheckRan Ran, CheckEnd End)>> RunAsync(
        IReadOnlyList<Check> checks,
        ChangeSet changes,
        int round,
        int rerun,
        IReadOnlyDictionary<string, CheckEnd> baselines,
        CancellationToken cancellationToken
    )
    {
        using var awaiting = clock.Awaiting(round == 0 ? "baseline" : $"checks of round {round}");
        await using var container = await sandbox.StartChecksAsync(changes, cancellationToken);
        events.On(
            new SandboxStarted(
                "checks",
                container.ContainerId,
                (long)container.StartDuration.TotalMilliseconds,
                sandbox.Workspace
            )
        );
        var results = new List<(CheckRan, CheckEnd)>();
        foreach (var check in checks)
        {
            var result = await RunAsync(container, check, round, rerun, baselines, cancellationToken);
            events.On(result.Ran);
            results.Add(result);
        }
        return results;
    }

    private async Task<(CheckRan Ran, CheckEnd End)> RunAsync(
        Sandbox container,
        Check check,
        int round,
        int rerun,
        IReadOnlyDictionary<string, CheckEnd> baselines,
        CancellationToken cancellationToken
    )
    {
        var reports = check.Reports.Count > 0 ? await ReportFiles.BeginAsync(container, cancellationToken) : null;
        var started = time.GetTimestamp();
        var answer = await container.RunCommandAsync(check.Run, check.Timeout, cancellationToken);
        var duration = time.GetElapsedTime(started);
        var end = new CheckEnd(answer.ExitCode, CheckOutcomes.Of(answer));
        if (reports is not null)
            end = await ReadAsync(reports, check, end, cancellationToken);
        var log = TaskDirectory.CheckLog(round, check.Id, rerun);
        var (text, _) = masker.Apply(answer.Text);
        await File.WriteAllTextAsync(directory[log], text, cancellationToken);
        // What the baseline is asked for is how things stand, not whether that is enough.
        var verdict = CheckJudge.Judge(
            round == 0 ? check with { Must = MustWord.Pass } : check,
            end,
            baselines.GetValueOrDefault(check.Id)
        );
        var ran = new CheckRan(
            check.Id,
            round,
            check.Run,
            answer.ExitCode,
            verdict.Outcome,
            (long)duration.TotalMilliseconds,
            log,
            Tail(text),
            verdict.Reason,
            verdict.Message is { } message ? VisibleText.Line(message) : null,
            end.Tests is { } tests ? new(tests.Passed, tests.Failed, tests.Skipped) : null,
            verdict.Tests is { Count: > 0 } names
                ? [.. names.Take(MostNames).Select(name => VisibleText.Line(name))]
                : null,
            verdict.Tests?.Count > MostNames ? verdict.Tests.Count - MostNames : null,
            rerun > 0 ? rerun : null
        );
        return (ran, end);
    }

    private static async Task<CheckEnd> ReadAsync(ReportFiles reports, Check check, CheckEnd end, CancellationToken ct)
    {
        try
        {
            return end with { Tests = await reports.ReadAsync(check.Reports, ct) };
        }
        catch (TestReportException e)
        {
            return end with { ReportProblem = e.Message };
        }
    }

    private static string Tail(string text) => text.Length <= TailLength ? text : "…" + text[^TailLength..];
}
