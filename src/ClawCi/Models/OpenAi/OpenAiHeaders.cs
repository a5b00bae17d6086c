using System.Net.Http.Headers;
using ClawCi.Auth;

namespace ClawCi.Models.OpenAi;

/// <summary>What both of OpenAI's APIs have in common: the credential, and where it is needed.</summary>
internal static class OpenAiHeaders
{
    /// <summary>A server of one's own often asks for no key.</summary>
    public static bool NeedsCredential(ModelEndpoint endpoint) => endpoint.BaseUrl.Host == ModelEndpoint.OpenAi.Host;

    public static void Add(HttpRequestHeaders headers, Credential? credential)
    {
        if (credential is not null)
            headers.Authorization = new AuthenticationHeaderValue("Bearer", credential.Value);
    }
}
