namespace ClawCi.Events;

/// <summary>The message that follows begins a round of conversation and checks.</summary>
/// <param name="Round">From 1.</param>
internal sealed record RoundStarted(int Round) : RunEvent;
