namespace ClawCi.Models.Wire;

/// <summary>Environment variables, as a message names them.</summary>
/// <param name="Key">Where the credential comes from.</param>
/// <param name="BaseUrl">Where the address comes from.</param>
internal sealed record ProviderVariables(string Key, string BaseUrl)
{
    public static ProviderVariables Anthropic { get; } = new("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL");

    public static ProviderVariables OpenAi { get; } = new("OPENAI_API_KEY", "OPENAI_BASE_URL");
}
