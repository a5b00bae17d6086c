using ClawCi.Shared;

namespace ClawCi.ToolServer.Commands;

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">128+n after signal n; null when it could not be started.</param>
/// <param name="Signal">The signal that ended the shell itself.</param>
/// <param name="StartError">Why it could not be started.</param>
/// <param name="LeftRunning">Something it started still holds its output.</param>
internal sealed record CommandResult(
    int? ExitCode,
    int? Signal,
    bool TimedOut,
    Truncation Output,
    string? StartError = null,
    bool LeftRunning = false
)
{
    public static CommandResult NotStarted(string problem) => new(null, null, false, new(0, 0), problem);
}
