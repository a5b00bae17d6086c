using ClawCi.Messages;
using ClawCi.Models;

namespace ClawCi.Conversations;

/// <summary>What a request may use at most.</summary>
/// <param name="Price">Null when it is not known.</param>
/// <param name="InputTokens">Not fewer than the request has, as far as that can be told before it is sent.</param>
/// <param name="MaxOutputTokens">As many as the reply is to have when money does not matter.</param>
internal sealed record RequestBound(ModelPrice? Price, long InputTokens, int MaxOutputTokens)
{
    /// <summary>Who is asked, as the task names it.</summary>
    public string Model { get; init; } = "";

    /// <summary>Whether the reply counts as a turn.</summary>
    public bool IsTurn { get; init; } = true;

    private const long Million = 1_000_000;

    /// <summary>US dollars, the input at the dearest of its rates: whether the provider's cache helps is known afterwards.</summary>
    public decimal Cost(long outputTokens) =>
        Math.Max(
            Price?.Cost(new Usage(InputTokens, outputTokens)) ?? 0,
            Price?.Cost(new Usage(0, outputTokens, CacheCreationInputTokens: InputTokens)) ?? 0
        );

    /// <summary>How long a reply can be for so much money; 0 when not even the input can be paid.</summary>
    public int OutputTokensFor(decimal dollars)
    {
        var input = Cost(0);
        var perMillion = Cost(Million) - input;
        if (dollars < input)
            return 0;
        return perMillion * MaxOutputTokens <= (dollars - input) * Million
            ? MaxOutputTokens
            : (int)((dollars - input) * Million / perMillion);
    }
}
