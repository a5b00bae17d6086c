using System.Net.Http.Headers;
using ClawCi.Auth;
using ClawCi.Models.Wire;

namespace ClawCi.Models.OpenAi;

/// <summary>OpenAI's Responses API. https://developers.openai.com/api/reference/resources/responses</summary>
/// <param name="model">The model's name without its provider.</param>
internal sealed class ResponsesApi(string model, Thinking thinking, MediaSupport media) : IModelApi
{
    private readonly ResponsesRequestWriter _writer = new(model, thinking, media);

    public string Path => "/responses";

    public string ModelsPath => "/models";

    public ProviderVariables Variables => ProviderVariables.OpenAi;

    public bool NeedsCredential(ModelEndpoint endpoint) => OpenAiHeaders.NeedsCredential(endpoint);

    public void AddHeaders(HttpRequestHeaders headers, ModelEndpoint endpoint, Credential? credential) =>
        OpenAiHeaders.Add(headers, credential);

    public HttpContent Write(ModelRequest request) => _writer.Write(request);

    public IReplyReader ReadReply(string where) => new ResponsesEventReader(where);
}
