using ClawCi.Messages;

namespace ClawCi.Models;

/// <summary>USD per million tokens.</summary>
/// <param name="CacheWrite">Into the five-minute cache, the only one that requests ask for.</param>
internal sealed record TokenRates(decimal Input, decimal Output, decimal CacheWrite, decimal CacheRead)
{
    public decimal Cost(Usage usage) =>
        (
            (usage.InputTokens * Input)
            + (usage.OutputTokens * Output)
            + (usage.CacheCreationInputTokens * CacheWrite)
            + (usage.CacheReadInputTokens * CacheRead)
        ) / 1_000_000m;
}

/// <summary>What a model costs.</summary>
/// <param name="AsOf">The day on which these were the prices.</param>
/// <param name="LongPrompt">Rates of a request whose prompt is longer than <paramref name="LongPromptTokens"/>.</param>
internal sealed record ModelPrice(
    TokenRates Rates,
    TokenRates? LongPrompt = null,
    long LongPromptTokens = long.MaxValue,
    DateOnly AsOf = default
)
{
    /// <summary>
    /// USD for one reply. Replies are priced one by one and the costs added: some models charge all
    /// tokens of a request by the length of its prompt.
    /// </summary>
    public decimal Cost(Usage usage)
    {
        var prompt = usage.InputTokens + usage.CacheCreationInputTokens + usage.CacheReadInputTokens;
        return (LongPrompt is not null && prompt > LongPromptTokens ? LongPrompt : Rates).Cost(usage);
    }
}
