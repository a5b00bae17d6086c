using ClawCi.Models;

namespace ClawCi.Conversations;

/// <summary>A reply and what it took.</summary>
/// <param name="CostUsd">Null when the price is not known.</param>
/// <param name="Turn">How many turns the task has had with it.</param>
internal sealed record ModelAnswer(ModelReply Reply, TimeSpan Duration, decimal? CostUsd, int Turn);
