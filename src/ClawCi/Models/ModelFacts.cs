namespace ClawCi.Models;

/// <summary>What is known of a model without asking its provider.</summary>
/// <param name="ContextWindow">Tokens of prompt and reply together.</param>
/// <param name="MaxOutputTokens">Most tokens a reply may have.</param>
/// <param name="Price">Null when it is not known; a cost is then unknown too, never 0.</param>
internal sealed record ModelFacts(
    int ContextWindow,
    int MaxOutputTokens,
    ModelPrice? Price,
    Thinking Thinking = Thinking.None,
    MediaSupport Media = MediaSupport.ImagesAndDocuments
)
{
    /// <summary>Whether the window is a guess: nobody said it.</summary>
    public bool IsWindowAssumed { get; init; }
}
