namespace ClawCi.Events;

/// <summary>The patch is in the checkout, once and for all: whatever happens from here on, it is not applied again.</summary>
/// <param name="Outcome">As in the result, as are reason, message and retryable.</param>
internal sealed record Applied(ChangeSummary Changes, string Outcome, string Reason, string Message, bool Retryable)
    : RunEvent;
