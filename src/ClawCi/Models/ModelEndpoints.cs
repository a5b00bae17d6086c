namespace ClawCi.Models;

/// <summary>Where the providers answer.</summary>
internal sealed record ModelEndpoints(ModelEndpoint Anthropic, ModelEndpoint OpenAi)
{
    public ModelEndpoint Of(ModelApi api) => api is ModelApi.Messages ? Anthropic : OpenAi;
}
