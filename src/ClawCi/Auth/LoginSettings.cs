namespace ClawCi.Auth;

/// <summary>What a login needs to know of the provider's authorization server.</summary>
/// <param name="AuthorizeUrl">Where the person goes.</param>
/// <param name="Resource">The only address that the token is for; null is the provider's API.</param>
/// <param name="Port">Of this machine, where the browser comes back to; 0 is any that is free.</param>
internal sealed record LoginSettings(
    string Provider,
    Uri AuthorizeUrl,
    Uri TokenEndpoint,
    string ClientId,
    string? Scope,
    int Port,
    Uri? Resource = null
);
