using System.Security.Cryptography;
using ClawCi.Artifacts;
using ClawCi.Cli.Console;
using ClawCi.GitHub;
using ClawCi.Runs;

namespace ClawCi.Cli.Verbs;

/// <summary>What follows when every task has ended: reports, stdout, GitHub's files, the status line.</summary>
internal static class RunEnding
{
    /// <returns>The exit code.</returns>
    /// <param name="outDirectory">Absolute.</param>
    /// <param name="owner">Whose owner gets what is in it.</param>
    /// <param name="runId">Null where only the record knows it.</param>
    public static int Write(
        string outDirectory,
        string owner,
        string outputFormat,
        Invocation invocation,
        string? runId = null
    )
    {
        RunRecord run;
        try
        {
            run = RunRecord.Read(outDirectory);
            ArtifactWriters.WriteAll(run, outDirectory);
            StartedRun.Delete(outDirectory);
        }
        catch (IOException error)
        {
            invocation.Error.WriteLine($"The reports cannot be written: {error.Message}");
            invocation.Error.WriteLine($"With room again, `claw-ci report {outDirectory}` makes them.");
            return StatusLine.Write(
                invocation.Error,
                Outcome.SandboxUnavailable.Name(),
                "disk",
                Outcome.SandboxUnavailable.ExitCode(),
                true,
                runId
            );
        }
        finally
        {
            Ownership.Give(outDirectory, owner);
        }
        if (outputFormat == "json")
            ResultOutput.WriteJson(run, invocation.Output);
        else if (outputFormat == "text")
            ResultOutput.WriteText(run, invocation.Output);
        invocation.Output.Flush();
        var result = RunResult.Of(run);
        // Each task has said how it ended; of several somebody wants to know what that makes.
        if (run.Tasks.Count > 1)
            invocation.Error.WriteLine(
                $"claw-ci: {result.Message} Report: {Path.Combine(outDirectory, "report.html")}"
            );
        WriteForGitHub(run, result, outDirectory, invocation.Environment);
        if (invocation.Environment.IsGitHubActions)
        {
            foreach (var annotation in Annotations.Of(run))
                invocation.Error.WriteLine(annotation.ToString());
        }
        return StatusLine.Write(
            invocation.Error,
            result.Outcome,
            result.Reason,
            result.ExitCode,
            result.Retryable,
            run.RunId
        );
    }

    private static void WriteForGitHub(RunRecord run, RunResult result, string outDirectory, CliEnvironment environment)
    {
        if (environment.GitHubOutput is { } outputs)
        {
            // Relative: the paths of an action's container mean nothing to the steps after it.
            var below = environment.GitHubWorkspace is { } root
                ? Path.GetRelativePath(root, outDirectory)
                : outDirectory;
            new StepOutputs(
                result.Outcome,
                result.ExitCode,
                result.Retryable,
                below.StartsWith("..", StringComparison.Ordinal) ? outDirectory : below,
                [.. run.Tasks.Select(task => (task.Id, task.Ended))]
            ).Append(outputs, RandomNumberGenerator.GetHexString(32));
        }
        if (environment.GitHubStepSummary is { } summary)
            StepSummary.Append(summary, File.ReadAllText(Path.Combine(outDirectory, "summary.md")));
    }
}
