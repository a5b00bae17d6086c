namespace ClawCi.Models;

/// <summary>The APIs that are spoken.</summary>
internal enum ModelApi
{
    /// <summary>Anthropic's Messages API.</summary>
    Messages,

    /// <summary>OpenAI's Responses API.</summary>
    Responses,

    /// <summary>OpenAI's Chat Completions API, which most other servers speak.</summary>
    ChatCompletions,
}
