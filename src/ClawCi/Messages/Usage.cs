namespace ClawCi.Messages;

/// <summary>Tokens of one reply, or of several added up. Input tokens exclude those written to or read from the cache.</summary>
internal sealed record Usage(
    long InputTokens = 0,
    long OutputTokens = 0,
    long CacheCreationInputTokens = 0,
    long CacheReadInputTokens = 0
)
{
    public static Usage operator +(Usage left, Usage right) =>
        new(
            left.InputTokens + right.InputTokens,
            left.OutputTokens + right.OutputTokens,
            left.CacheCreationInputTokens + right.CacheCreationInputTokens,
            left.CacheReadInputTokens + right.CacheReadInputTokens
        );

    public static Usage Add(Usage left, Usage right) => left + right;
}
