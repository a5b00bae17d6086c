using ClawCi.Runs;

namespace ClawCi.Cli;

/// <summary>A bug of ours: says so, with what a report of it needs, and exits 1 rather than with the runtime's 134.</summary>
internal static class Failure
{
    public static void ExitWithInternalError(object crash)
    {
        var error = System.Console.Error;
        error.WriteLine(VisibleText.Of(crash.ToString() ?? ""));
        error.WriteLine("This is a bug in claw-ci. Please report it with the lines above.");
        var outcome = Outcome.InternalError;
        Environment.Exit(StatusLine.Write(error, outcome.Name(), "unhandled-exception", outcome.ExitCode()));
    }
}
