using System.Text.Json.Serialization;

namespace ClawCi.Auth;

/// <summary>An OAuth token with all it takes to renew it; docs/guides/credentials.md is the published form of its file.</summary>
/// <param name="Provider">Whose API it is for: <c>anthropic</c> or <c>openai</c>; <c>mcp</c> is for <paramref name="Resource"/>.</param>
/// <param name="ExpiresAt">UTC by this machine's clock; null when the endpoint did not say.</param>
/// <param name="ObtainedAt">UTC by this machine's clock.</param>
/// <param name="Resource">The only address that it is sent to (RFC 8707); null is the provider's API.</param>
internal sealed record StoredToken(
    int Version,
    string Provider,
    string AccessToken,
    string? RefreshToken = null,
    DateTimeOffset? ExpiresAt = null,
    DateTimeOffset? ObtainedAt = null,
    Uri? TokenEndpoint = null,
    string? ClientId = null,
    string? Scope = null,
    Uri? Resource = null
)
{
    public const int CurrentVersion = 1;

    /// <summary>The provider of tokens for MCP servers, each for one of them.</summary>
    public const string Mcp = "mcp";

    /// <summary>Renewed so long before its end, so that no request meets a token that ends under way. Less for short-lived ones.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    [JsonIgnore]
    public bool CanBeRenewed => RefreshToken is not null && TokenEndpoint is not null && ClientId is not null;

    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now;

    /// <summary>Whether it is time to renew it.</summary>
    public bool IsDue(DateTimeOffset now)
    {
        if (ExpiresAt is not { } end)
            return false;
        var ahead = ObtainedAt is { } start && (end - start) / 5 is var part && part < Ahead ? part : Ahead;
        return end - ahead <= now;
    }

    /// <summary>Prints without its values.</summary>
    public override string ToString() => $"{Provider} token ***";
}

/// <summary>How it is spelled.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true,
    NewLine = "\n"
)]
[JsonSerializable(typeof(StoredToken))]
internal sealed partial class StoredTokenJson : JsonSerializerContext;
