namespace ClawCi.Auth;

/// <summary>How a job's identity is exchanged for a token of the provider's.</summary>
/// <param name="TokenEndpoint">Of the provider.</param>
/// <param name="Audience">Whom the identity token is for.</param>
/// <param name="UseAssertion">RFC 7523's JWT bearer grant instead of RFC 8693's token exchange.</param>
/// <param name="AsJson">Whether the endpoint wants JSON instead of a form.</param>
/// <param name="Parameters">What the provider wants besides.</param>
internal sealed record OidcSettings(
    Uri TokenEndpoint,
    string? Audience,
    bool UseAssertion,
    bool AsJson,
    IReadOnlyDictionary<string, string> Parameters
);
