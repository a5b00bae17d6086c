namespace ClawCi.Cli;

/// <summary>The one line that scripts look for after a non-zero exit; docs/formats/outcomes.md publishes it.</summary>
internal static class StatusLine
{
    /// <param name="reason">A stable word.</param>
    /// <param name="runId">Null when nothing was started.</param>
    /// <returns>The exit code.</returns>
    public static int Write(
        TextWriter error,
        string outcome,
        string reason,
        int exitCode,
        bool retryable = false,
        string? runId = null
    )
    {
        if (exitCode != 0)
        {
            error.WriteLine(
                $"CLAW_CI_STATUS: outcome={outcome} reason={reason} exit={exitCode} retryable={(retryable ? "true" : "false")} run={runId ?? "-"}"
            );
            error.Flush();
        }
        return exitCode;
    }
}
