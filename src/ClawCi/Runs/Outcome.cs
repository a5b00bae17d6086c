namespace ClawCi.Runs;

/// <summary>How a task ended, in the order of precedence when several hold. docs/formats/outcomes.md is the published form.</summary>
internal enum Outcome
{
    Interrupted,
    InternalError,
    SandboxUnavailable,
    AuthFailed,
    ModelUnavailable,
    SetupFailed,
    LimitExceeded,
    TimedOut,
    GateBlocked,
    PolicyBlocked,
    InvalidOutput,
    TaskFailed,
    NoChanges,
    ApplyFailed,
    ReplayMismatch,
    Untrusted,
    Success,
}
