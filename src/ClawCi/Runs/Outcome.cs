namespace ClawCi.Runs;

/// <summary>
/// How a task ended. When several hold, the first of this list is the outcome; docs/formats/outcomes.md is the
/// published form.
/// </summary>
internal enum Outcome
{
    Interrupted,
    InternalError,
    Untrusted,
    SandboxUnavailable,
    AuthFailed,
    ModelUnavailable,
    ReplayMismatch,
    SetupFailed,
    LimitExceeded,
    TimedOut,
    GateBlocked,
    PolicyBlocked,
    InvalidOutput,
    TaskFailed,
    NoChanges,
    ApplyFailed,
    Success,
}
