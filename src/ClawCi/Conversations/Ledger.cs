using ClawCi.Messages;
using ClawCi.Models;

namespace ClawCi.Conversations;

/// <summary>Caps on what a task uses. Null is no cap.</summary>
/// <param name="CostUsd">In US dollars, over everything the run has spent when it is shared.</param>
internal sealed record Caps(int Turns, int ToolCalls, long? OutputTokens, decimal? CostUsd, int Denials);

/// <summary>What a task has used so far, held against its caps: over all its rounds.</summary>
/// <param name="price">Null when it is not known: then so is the cost.</param>
internal sealed class Ledger(Caps caps, ModelPrice? price)
{
    public int Turns { get; private set; }

    public int ToolCalls { get; private set; }

    public Usage Usage { get; private set; } = new();

    public decimal? CostUsd { get; private set; } = price is null ? null : 0m;

    /// <summary>Time spent waiting for the model.</summary>
    public TimeSpan ModelTime { get; private set; }

    /// <summary>Adds a reply and gives its cost.</summary>
    public decimal? AddReply(Usage usage, TimeSpan duration)
    {
        var cost = price?.Cost(usage);
        Turns++;
        Usage += usage;
        CostUsd += cost;
        ModelTime += duration;
        return cost;
    }

    public void AddToolCall() => ToolCalls++;

    /// <summary>The limit that forbids another request; null when there is none.</summary>
    public ConversationEnd.LimitHit? BeforeRequest()
    {
        if (Turns >= caps.Turns)
            return new("max-turns", $"{Turns} of {caps.Turns} turns are used.");
        if (Usage.OutputTokens >= caps.OutputTokens)
            return new("max-output-tokens", $"{Usage.OutputTokens} of {caps.OutputTokens} output tokens are used.");
        if (CostUsd >= caps.CostUsd)
            return new("max-cost-usd", $"{CostUsd:0.0000} of {caps.CostUsd:0.00##} US dollars are spent.");
        return null;
    }

    /// <summary>The limit that forbids another tool call; null when there is none.</summary>
    public ConversationEnd.LimitHit? BeforeToolCall() =>
        ToolCalls >= caps.ToolCalls
            ? new("max-tool-calls", $"{ToolCalls} of {caps.ToolCalls} tool calls are used.")
            : null;

    /// <param name="denials">How many calls the policy has denied so far.</param>
    public ConversationEnd.Blocked? AfterDenials(int denials) =>
        denials > caps.Denials
            ? new("max-denials", $"The policy denied {denials} tool calls; {caps.Denials} are tolerated.")
            : null;
}
