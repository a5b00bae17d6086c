using ClawCi.Auth;

namespace ClawCi.Models;

/// <summary>Where a provider answers and how to reach it. Of no meaning to a scripted model but for the timeouts.</summary>
/// <param name="BaseUrl">Without the API's own path: Anthropic's without <c>/v1</c>, OpenAI's with it.</param>
/// <param name="Credential">
/// Null when none was found. Every request then fails as an authentication failure, unsent; but not at an
/// OpenAI-compatible server other than OpenAI's own, which may ask for none.
/// </param>
/// <param name="Proxy">An HTTP proxy, with user and password if it asks for them; null connects directly. The environment is not asked.</param>
internal sealed record ModelEndpoint(Uri BaseUrl, ICredentialSource? Credential, Uri? Proxy, ModelTimeouts Timeouts)
{
    public static Uri Anthropic { get; } = new("https://api.anthropic.com");

    public static Uri OpenAi { get; } = new("https://api.openai.com/v1");

    /// <summary>Values of the <c>anthropic-beta</c> header.</summary>
    public IReadOnlyList<string> Betas { get; init; } = [];
}
