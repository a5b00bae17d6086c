using ClawCi.Runs;

namespace ClawCi.Publishing;

/// <summary>A patch cannot be delivered.</summary>
internal sealed class PublishException(
    Outcome outcome,
    string reason,
    string message,
    bool retryable = false,
    Exception? inner = null
) : Exception(message, inner)
{
    public Finding Finding { get; } = new(outcome, reason, message, retryable);
}
