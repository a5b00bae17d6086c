using System.Security.Cryptography;
using ClawCi.Artifacts;
using ClawCi.Cli.Console;
using ClawCi.Events;
using ClawCi.GitHub;
using ClawCi.Runs;

namespace ClawCi.Cli.Verbs;

/// <summary>
/// What follows when every task has ended: reports, stdout, GitHub's files, the status line. What of it cannot be written is said and
/// keeps nothing else from being written; the exit code is that of the tasks, but 0 only where everything was written.
/// </summary>
/// <param name="outDirectory">Absolute.</param>
/// <param name="owner">Whose owner gets what is in it.</param>
internal sealed class RunEnding(string outDirectory, string owner, string outputFormat, Invocation invocation)
{
    private const int MostNamed = 20;

    /// <summary>The first thing that could not be written; null while there is none.</summary>
    private Finding? _unwritten;

    /// <summary>Null where only the record knows it.</summary>
    public string? RunId { get; init; }

    /// <summary>How the tasks of this process ended, for what the record has not; empty where there is only a record.</summary>
    public IReadOnlyList<(string Id, TaskEnded End)> Ends { get; init; } = [];

    /// <summary>What kept the events from stdout; null when nothing did.</summary>
    public IOException? Stream { get; init; }

    /// <returns>The exit code.</returns>
    public int Write()
    {
        if (Stream is not null)
            Say("standard output", Stream);
        var run = Report();
        Ownership.Give(outDirectory, owner);
        if (run is not null)
            Try("standard output", () => Print(run));
        var result = Judge(run);
        // Each task has said how it ended; of several somebody wants to know what that makes.
        if (run?.Tasks.Count > 1)
            invocation.Error.WriteLine(
                $"claw-ci: {result.Message} Report: {Path.Combine(outDirectory, "report.html")}"
            );
        WriteForGitHub(run, result);
        return StatusLine.Write(
            invocation.Error,
            result.Outcome,
            result.Reason,
            result.ExitCode,
            result.Retryable,
            run?.RunId ?? RunId
        );
    }

    /// <returns>Null when the record cannot be read.</returns>
    private RunRecord? Report()
    {
        RunRecord? run = null;
        var isMade = Try(
            "the reports",
            () =>
            {
                run = RunRecord.Read(outDirectory);
                foreach (var bug in ArtifactWriters.WriteAll(run, outDirectory))
                    invocation.Error.WriteLine(
                        $"claw-ci: a report cannot be made, which is a bug in claw-ci; please report it:\n{VisibleText.Of(bug.ToString())}"
                    );
                StartedRun.Delete(outDirectory);
            }
        );
        if (!isMade)
            invocation.Error.WriteLine($"Where there is room again, `claw-ci report {outDirectory}` makes them.");
        return run;
    }

    private RunResult Judge(RunRecord? run)
    {
        var result = RunResult.Of([.. EndsIn(run).Select(task => task.End)]);
        if (result.Outcome == Outcome.Interrupted.Name())
            return result;
        string[] lost =
        [
            .. Ends.Select(task => task.Id).Where(id => run?.Tasks.All(task => task.Id != id) ?? false).Take(MostNamed),
        ];
        if (lost.Length > 0)
            return Of(
                Findings.Of(
                    new IOException(
                        $"there is no record of {string.Join(", ", lost)}. With room again, --only-retryable runs what is missing."
                    )
                )
            );
        return result.ExitCode == 0 && _unwritten is not null ? Of(_unwritten) : result;
    }

    /// <summary>As the record has them; what it could not take any more is known here.</summary>
    private IEnumerable<(string Id, TaskEnded End)> EndsIn(RunRecord? run) =>
        run?.Tasks.Select(task =>
            (
                task.Id,
                task.Digest.Ended
                    ?? Ends.Where(mine => mine.Id == task.Id).Select(mine => mine.End).FirstOrDefault(task.Ended)
            )
        )
        ?? Ends;

    private static RunResult Of(Finding finding) =>
        new(finding.Outcome.Name(), finding.Outcome.ExitCode(), finding.Reason, finding.Message, finding.Retryable);

    private void Print(RunRecord run)
    {
        if (outputFormat == "json")
            ResultOutput.WriteJson(run, invocation.Output);
        else if (outputFormat == "text")
            ResultOutput.WriteText(run, invocation.Output);
        invocation.Output.Flush();
    }

    private void WriteForGitHub(RunRecord? run, RunResult result)
    {
        var environment = invocation.Environment;
        if (environment.GitHubOutput is { } outputs)
        {
            // Relative: the paths of an action's container mean nothing to the steps after it.
            var below = environment.GitHubWorkspace is { } root
                ? Path.GetRelativePath(root, outDirectory)
                : outDirectory;
            var written = new StepOutputs(
                result.Outcome,
                result.ExitCode,
                result.Retryable,
                below.StartsWith("..", StringComparison.Ordinal) ? outDirectory : below,
                [.. EndsIn(run)]
            );
            Try("the outputs of the step", () => written.Append(outputs, RandomNumberGenerator.GetHexString(32)));
        }
        if (environment.GitHubStepSummary is { } summary && File.Exists(Path.Combine(outDirectory, "summary.md")))
            Try(
                "the summary of the step",
                () => StepSummary.Append(summary, File.ReadAllText(Path.Combine(outDirectory, "summary.md")))
            );
        if (environment.IsGitHubActions && run is not null)
        {
            foreach (var annotation in Annotations.Of(run))
                invocation.Error.WriteLine(annotation.ToString());
        }
    }

    private bool Try(string what, Action write)
    {
        try
        {
            write();
            return true;
        }
        catch (Exception e)
        {
            Say(what, e);
            return false;
        }
    }

    private void Say(string what, Exception e)
    {
        var isOurs = e is not (IOException or UnauthorizedAccessException or UserErrorException);
        _unwritten ??= Findings.Of(isOurs ? e : new IOException($"{what}: {e.Message}", e));
        invocation.Error.WriteLine(
            $"claw-ci: {what} cannot be written: {(isOurs ? VisibleText.Of($"this is a bug in claw-ci, please report it: {e}") : VisibleText.Line(e.Message))}"
        );
    }
}
