using ClawCi.Messages;

namespace ClawCi.Conversations;

/// <summary>What one model had of a task's usage.</summary>
/// <param name="CostUsd">Null when its price is not known.</param>
internal sealed record ModelShare(Usage Usage, decimal? CostUsd);
