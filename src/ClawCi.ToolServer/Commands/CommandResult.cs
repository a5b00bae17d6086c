using ClawCi.Shared;

namespace ClawCi.ToolServer.Commands;

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">128+n after signal n; null when it could not be started.</param>
/// <param name="Signal">The signal that ended the shell itself.</param>
/// <param name="StartError">Why it could not be started.</param>
/// <param name="LeftRunning">Something it started still holds its output.</param>
/// <param name="MemoryKills">Processes of the sandbox that the kernel killed meanwhile for want of memory.</param>
/// <param name="Raw">The output's first bytes as they were, when they were asked for.</param>
internal sealed record CommandResult(
    int? ExitCode,
    int? Signal,
    bool TimedOut,
    Truncation Output,
    string? StartError = null,
    bool LeftRunning = false,
    long MemoryKills = 0,
    byte[]? Raw = null
)
{
    public CommandEnd End =>
        this switch
        {
            { StartError: not null } => CommandEnd.SpawnError,
            { TimedOut: true } => CommandEnd.Timeout,
            { MemoryKills: > 0, ExitCode: not 0 } => CommandEnd.Oom,
            { Signal: not null } => CommandEnd.Signal,
            _ => CommandEnd.Exit,
        };

    public static CommandResult NotStarted(string problem) => new(null, null, false, new(0, 0), problem);
}
