using System.Security.Cryptography;
using ClawCi.Cli.Arguments;
using ClawCi.GitHub;
using ClawCi.Runs;
using ClawCi.Runs.Trust;
using ClawCi.Sandboxes;

namespace ClawCi.Cli;

/// <summary>From arguments to an exit code: every way in which nothing was run ends here.</summary>
internal static class Entry
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Invocation invocation)
    {
        var isAction = arguments is ["action", ..];
        try
        {
            return await ArgumentReader.Read(arguments).RunAsync(invocation);
        }
        catch (UsageException wrong)
        {
            Say(wrong.Message);
            await invocation.Error.WriteLineAsync(
                $"`claw-ci {(wrong.Verb is null ? "" : $"{wrong.Verb} ")}--help` says more."
            );
            return End("usage-error", "command-line", Outcomes.UsageErrorExitCode);
        }
        catch (UserErrorException wrong)
        {
            foreach (var mistake in wrong.Errors)
                await invocation.Error.WriteLineAsync(VisibleText.Line(mistake.ToString()));
            if (invocation.Environment.IsImage && !Directory.EnumerateFileSystemEntries(".").Any())
                await invocation.Error.WriteLineAsync(
                    """The workspace is empty. Is -v "$PWD":/workspace missing from docker run?"""
                );
            return End("invalid-input", "file", Outcomes.InvalidInputExitCode);
        }
        catch (UntrustedException wrong)
        {
            Say(wrong.Message);
            return End(Outcome.Untrusted.Name(), wrong.Reason, Outcome.Untrusted.ExitCode());
        }
        catch (SandboxException failure)
        {
            Say(failure.Message);
            var finding = Findings.Of(failure);
            return End(finding.Outcome.Name(), finding.Reason, finding.Outcome.ExitCode(), finding.Retryable);
        }
        catch (OperationCanceledException) when (invocation.Interruption.Token.IsCancellationRequested)
        {
            return End(Outcome.Interrupted.Name(), "signal", invocation.Interruption.ExitCode, retryable: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Say(failure.Message);
            var finding = Findings.Of(new IOException(failure.Message, failure));
            return End(finding.Outcome.Name(), finding.Reason, finding.Outcome.ExitCode(), finding.Retryable);
        }

        void Say(string message) => invocation.Error.WriteLine($"claw-ci: {VisibleText.Line(message)}");

        int End(string outcome, string reason, int exitCode, bool retryable = false)
        {
            if (isAction && invocation.Environment.GitHubOutput is { } outputs)
                StepOutputs.AppendNothing(
                    outputs,
                    RandomNumberGenerator.GetHexString(32),
                    outcome,
                    exitCode,
                    retryable
                );
            return StatusLine.Write(invocation.Error, outcome, reason, exitCode, retryable);
        }
    }
}
