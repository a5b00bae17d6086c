using System.Net.Http.Headers;
using ClawCi.Auth;
using ClawCi.Models.Wire;

namespace ClawCi.Models.Anthropic;

/// <summary>The Messages API. https://platform.claude.com/docs/en/api/messages</summary>
/// <param name="model">The model's name without its provider.</param>
internal sealed class AnthropicApi(string model, Thinking thinking, MediaSupport media) : IModelApi
{
    private readonly AnthropicRequestWriter _writer = new(model, thinking, media);

    public string Path => "/v1/messages";

    public string ModelsPath => "/v1/models";

    public ProviderVariables Variables => ProviderVariables.Anthropic;

    public bool NeedsCredential(ModelEndpoint endpoint) => true;

    public void AddHeaders(HttpRequestHeaders headers, ModelEndpoint endpoint, Credential? credential)
    {
        headers.Add("anthropic-version", "2023-06-01");
        if (endpoint.Betas.Count > 0)
            headers.Add("anthropic-beta", string.Join(',', endpoint.Betas));
        if (credential is ApiKey)
            headers.Add("x-api-key", credential.Value);
        else
            headers.Authorization = new AuthenticationHeaderValue("Bearer", credential?.Value);
    }

    public HttpContent Write(ModelRequest request) => _writer.Write(request);

    public IReplyReader ReadReply(string where) => new AnthropicEventReader(where);
}
