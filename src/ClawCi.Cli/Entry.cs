using ClawCi.Cli.Arguments;
using ClawCi.Runs;
using ClawCi.Runs.Trust;
using ClawCi.Sandboxes;

namespace ClawCi.Cli;

/// <summary>From arguments to an exit code: every way in which nothing was run ends here.</summary>
internal static class Entry
{
    private const int UsageError = 2;
    private const int InvalidInput = 3;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Invocation invocation)
    {
        try
        {
            return await ArgumentReader.Read(arguments).RunAsync(invocation);
        }
        catch (UsageException wrong)
        {
            return End(wrong, invocation.Error);
        }
        catch (UserErrorException wrong)
        {
            return End(wrong, invocation);
        }
        catch (UntrustedException wrong)
        {
            return End(wrong, invocation.Error);
        }
        catch (SandboxException failure)
        {
            return End(failure, invocation.Error);
        }
        catch (OperationCanceledException) when (invocation.Interruption.Token.IsCancellationRequested)
        {
            var exitCode = invocation.Interruption.ExitCode;
            return StatusLine.Write(invocation.Error, Outcome.Interrupted.Name(), "signal", exitCode);
        }
    }

    private static int End(UsageException wrong, TextWriter error)
    {
        error.WriteLine($"claw-ci: {VisibleText.Line(wrong.Message)}");
        error.WriteLine($"`claw-ci {(wrong.Verb is null ? "" : $"{wrong.Verb} ")}--help` says more.");
        return StatusLine.Write(error, "usage-error", "command-line", UsageError);
    }

    private static int End(UntrustedException wrong, TextWriter error)
    {
        error.WriteLine($"claw-ci: {VisibleText.Line(wrong.Message)}");
        return StatusLine.Write(error, Outcome.Untrusted.Name(), wrong.Reason, Outcome.Untrusted.ExitCode());
    }

    private static int End(UserErrorException wrong, Invocation invocation)
    {
        foreach (var mistake in wrong.Errors)
            invocation.Error.WriteLine(VisibleText.Line(mistake.ToString()));
        if (invocation.Environment.IsImage && !Directory.EnumerateFileSystemEntries(".").Any())
            invocation.Error.WriteLine("""The workspace is empty. Is -v "$PWD":/workspace missing from docker run?""");
        return StatusLine.Write(invocation.Error, "invalid-input", "file", InvalidInput);
    }

    private static int End(SandboxException failure, TextWriter error)
    {
        error.WriteLine($"claw-ci: {VisibleText.Line(failure.Message)}");
        var finding = Findings.Of(failure);
        var (outcome, exitCode) = (finding.Outcome.Name(), finding.Outcome.ExitCode());
        return StatusLine.Write(error, outcome, finding.Reason, exitCode, finding.Retryable);
    }
}
