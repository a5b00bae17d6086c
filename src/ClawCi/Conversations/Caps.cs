namespace ClawCi.Conversations;

/// <summary>Caps on what a task or a run uses. Null is no cap.</summary>
/// <param name="CostUsd">In US dollars.</param>
internal sealed record Caps(int Turns, int ToolCalls, long? OutputTokens, decimal? CostUsd, int Denials)
{
    /// <summary>Stands before a limit's key in reasons: the run's limits and a task's have the same keys.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Of a whole run, which is capped in money only.</summary>
    public static Caps OfRun(decimal? costUsd) =>
        new(int.MaxValue, int.MaxValue, null, costUsd, int.MaxValue) { Prefix = "run-" };
}
