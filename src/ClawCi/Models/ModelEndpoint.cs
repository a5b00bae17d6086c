using ClawCi.Auth;

namespace ClawCi.Models;

/// <summary>Where a provider answers and how to reach it. Of no meaning to a scripted model but for the timeouts.</summary>
/// <param name="BaseUrl">Without <c>/v1/messages</c>.</param>
/// <param name="Credential">Null when none was found: every request then fails as an authentication failure, unsent.</param>
/// <param name="Proxy">An HTTP proxy; null connects directly. The environment is not asked.</param>
internal sealed record ModelEndpoint(Uri BaseUrl, ICredentialSource? Credential, Uri? Proxy, ModelTimeouts Timeouts)
{
    public static Uri Anthropic { get; } = new("https://api.anthropic.com");
}
