namespace ClawCi.Hooks;

/// <summary>How a hook's command ended.</summary>
/// <param name="ExitCode">Null when there was none.</param>
/// <param name="Error">Standard error; in the sandbox it is part of the output.</param>
/// <param name="Truncated">It wrote more than a hook may.</param>
/// <param name="Problem">Why it was not started.</param>
internal sealed record HookEnd(
    int? ExitCode,
    byte[] Output,
    byte[] Error,
    bool TimedOut,
    bool Truncated,
    string? Problem = null
)
{
    public static HookEnd NotStarted(string problem) => new(null, [], [], false, false, problem);
}
