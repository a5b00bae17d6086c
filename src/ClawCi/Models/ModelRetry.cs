namespace ClawCi.Models;

/// <summary>A request failed and will be made again after <paramref name="Delay"/>.</summary>
/// <param name="Attempt">The attempt that failed, from 1.</param>
/// <param name="MaxAttempts">How many attempts there will be at most.</param>
/// <param name="Status">HTTP status, when there was an answer.</param>
internal sealed record ModelRetry(
    int Attempt,
    int MaxAttempts,
    TimeSpan Delay,
    ModelFailure Failure,
    int? Status,
    string Message,
    string? RequestId
);
