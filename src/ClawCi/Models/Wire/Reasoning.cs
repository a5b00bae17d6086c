using ClawCi.Messages;

namespace ClawCi.Models.Wire;

/// <summary>Blocks that mean something only to the model that wrote them.</summary>
internal static class Reasoning
{
    /// <summary>Anthropic's thinking, OpenAI's reasoning, and whatever else a provider added that is not known here.</summary>
    public static bool Is(ContentBlock block) => block is ThinkingBlock or UnknownBlock;
}
