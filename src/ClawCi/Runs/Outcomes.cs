using System.Diagnostics;

namespace ClawCi.Runs;

/// <summary>The published names and exit codes of <see cref="Outcome"/>.</summary>
internal static class Outcomes
{
    /// <summary>The command line makes no sense.</summary>
    public const int UsageErrorExitCode = 2;

    /// <summary>A file makes no sense.</summary>
    public const int InvalidInputExitCode = 3;

    /// <summary>Several tasks, not all successful.</summary>
    public const int SeveralTasksExitCode = 20;

    public static string Name(this Outcome outcome) =>
        outcome switch
        {
            Outcome.Success => "success",
            Outcome.InternalError => "internal-error",
            Outcome.Untrusted => "untrusted",
            Outcome.SetupFailed => "setup-failed",
            Outcome.TaskFailed => "task-failed",
            Outcome.NoChanges => "no-changes",
            Outcome.PolicyBlocked => "policy-blocked",
            Outcome.LimitExceeded => "limit-exceeded",
            Outcome.TimedOut => "timed-out",
            Outcome.InvalidOutput => "invalid-output",
            Outcome.ModelUnavailable => "model-unavailable",
            Outcome.AuthFailed => "auth-failed",
            Outcome.SandboxUnavailable => "sandbox-unavailable",
            Outcome.GateBlocked => "gate-blocked",
            Outcome.ReplayMismatch => "replay-mismatch",
            Outcome.ApplyFailed => "apply-failed",
            Outcome.Interrupted => "interrupted",
            _ => throw new UnreachableException(),
        };

    /// <summary>The outcome of a published name.</summary>
    public static Outcome Parse(string name) => Enum.GetValues<Outcome>().First(outcome => outcome.Name() == name);

    /// <summary>The exit code; of an interruption the one for SIGINT, which <see cref="Interruption"/> refines.</summary>
    public static int ExitCode(this Outcome outcome) =>
        outcome switch
        {
            Outcome.Success => 0,
            Outcome.InternalError => 1,
            Outcome.Untrusted => 4,
            Outcome.SetupFailed => 5,
            Outcome.TaskFailed => 10,
            Outcome.NoChanges => 11,
            Outcome.PolicyBlocked => 12,
            Outcome.LimitExceeded => 13,
            Outcome.TimedOut => 14,
            Outcome.InvalidOutput => 15,
            Outcome.ModelUnavailable => 16,
            Outcome.AuthFailed => 17,
            Outcome.SandboxUnavailable => 18,
            Outcome.GateBlocked => 19,
            Outcome.ReplayMismatch => 21,
            Outcome.ApplyFailed => 22,
            Outcome.Interrupted => Interruption.SigInt,
            _ => throw new UnreachableException(),
        };
}
