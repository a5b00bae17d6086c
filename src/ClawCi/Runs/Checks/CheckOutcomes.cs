using ClawCi.Sandboxes;

namespace ClawCi.Runs.Checks;

/// <summary>How a check stands, in the words of the transcript.</summary>
internal static class CheckOutcomes
{
    public const string Pass = "pass";
    public const string Fail = "fail";
    public const string Timeout = "timeout";
    public const string Error = "error";

    /// <summary>What a shell exits with when it finds no such command.</summary>
    private const int CommandNotFound = 127;

    public static string Of(SandboxAnswer answer) =>
        answer switch
        {
            { TimedOut: true } => Timeout,
            { ExitCode: 0 } => Pass,
            { ExitCode: CommandNotFound or null } => Error,
            _ => Fail,
        };
}
