using System.Net.Http.Headers;
using ClawCi.Auth;
using ClawCi.Models.Wire;

namespace ClawCi.Models.OpenAi;

/// <summary>
/// The Chat Completions API, as OpenAI, Azure, OpenRouter, LiteLLM, vLLM, llama.cpp and Ollama speak it.
/// https://developers.openai.com/api/reference/resources/chat
/// </summary>
/// <param name="model">The model's name without its provider.</param>
/// <param name="endpoint">Decides the spelling of what OpenAI renamed and others did not.</param>
internal sealed class ChatApi(string model, Thinking thinking, MediaSupport media, ModelEndpoint endpoint) : IModelApi
{
    private readonly ChatRequestWriter _writer = new(model, thinking, media, IsOpenAis(endpoint.BaseUrl.Host));

    public string Path => "/chat/completions";

    public string ModelsPath => "/models";

    public ProviderVariables Variables => ProviderVariables.OpenAi;

    public bool NeedsCredential(ModelEndpoint endpoint) => OpenAiHeaders.NeedsCredential(endpoint);

    public void AddHeaders(HttpRequestHeaders headers, ModelEndpoint endpoint, Credential? credential) =>
        OpenAiHeaders.Add(headers, credential);

    public HttpContent Write(ModelRequest request) => _writer.Write(request);

    public IReplyReader ReadReply(string where) => new ChatEventReader(where);

    private static bool IsOpenAis(string host) =>
        host == ModelEndpoint.OpenAi.Host || host.EndsWith(".azure.com", StringComparison.OrdinalIgnoreCase);
}
