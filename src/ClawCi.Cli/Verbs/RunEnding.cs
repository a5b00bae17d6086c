using System.Security.Cryptography;
using ClawCi.Artifacts;
using ClawCi.Cli.Console;
using ClawCi.GitHub;
using ClawCi.Runs;
using ClawCi.Runs.Planning;

namespace ClawCi.Cli.Verbs;

/// <summary>What follows when every task has ended: reports, stdout, GitHub's files, the status line.</summary>
internal static class RunEnding
{
    /// <returns>The exit code.</returns>
    public static int Write(RunPlan plan, string outputFormat, Invocation invocation)
    {
        RunRecord run;
        try
        {
            run = RunRecord.Read(plan.OutDirectory);
            ArtifactWriters.WriteAll(run, plan.OutDirectory);
            StartedRun.Delete(plan.OutDirectory);
        }
        catch (IOException error)
        {
            invocation.Error.WriteLine($"The reports cannot be written: {error.Message}");
            invocation.Error.WriteLine($"With room again, `claw-ci report {plan.OutDirectory}` makes them.");
            return StatusLine.Write(
                invocation.Error,
                Outcome.SandboxUnavailable.Name(),
                "disk",
                Outcome.SandboxUnavailable.ExitCode(),
                true,
                plan.RunId
            );
        }
        finally
        {
            Ownership.Give(plan.OutDirectory, plan.Tasks[0].Checkout);
        }
        if (outputFormat == "json")
            ResultOutput.WriteJson(run, invocation.Output);
        else if (outputFormat == "text")
            ResultOutput.WriteText(run, invocation.Output);
        invocation.Output.Flush();
        var result = RunResult.Of(run);
        WriteForGitHub(run, result, plan.OutDirectory, invocation.Environment);
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
