using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClawCi.Auth;

/// <summary>
/// Finds out how one logs in to an MCP server, as its specification of authorization has it: the server names its
/// authorization server (RFC 9728), which says where people and tokens go (RFC 8414), and registers us (RFC 7591).
/// </summary>
internal sealed class LoginDiscovery(TokenEndpoint endpoint)
{
    /// <param name="clientId">Null has one registered.</param>
    /// <param name="scope">Null asks for what the server names.</param>
    /// <param name="port">0 is any that is free.</param>
    /// <exception cref="AuthException">The server says too little; the message says what is missing.</exception>
    public async Task<LoginSettings> FindAsync(
        Uri server,
        string? clientId,
        string? scope,
        int port,
        CancellationToken ct
    )
    {
        var resource = await ResourceAsync(server, ct);
        var issuer = Issuer(resource, server);
        var authority = await AuthorityAsync(issuer, ct);
        if (!Texts(authority, "code_challenge_methods_supported").Contains("S256"))
            throw Missing(
                issuer,
                "S256 in `code_challenge_methods_supported`, without which a login could be taken over"
            );
        var authorize = Address(authority, "authorization_endpoint") ?? throw Missing(issuer, "authorization_endpoint");
        if (authorize.Scheme != Uri.UriSchemeHttps && !authorize.IsLoopback)
            throw new AuthException(AuthFailure.Login, $"{authorize}: one logs in over https only.");
        var tokens = Address(authority, "token_endpoint") ?? throw Missing(issuer, "token_endpoint");
        if (port == 0)
            port = FreePort();
        if (clientId is null)
        {
            var registration =
                Address(authority, "registration_endpoint")
                ?? throw Missing(
                    issuer,
                    "registration_endpoint. Register a client there by hand, and name it with --client-id"
                );
            clientId = await endpoint.RegisterAsync(registration, Client(port), ct);
        }
        scope ??= string.Join(' ', Texts(resource, "scopes_supported")) is { Length: > 0 } scopes ? scopes : null;
        return new LoginSettings(StoredToken.Mcp, authorize, tokens, clientId, scope, port, server);
    }

    private async Task<JsonElement> ResourceAsync(Uri server, CancellationToken ct)
    {
        const string WellKnown = "/.well-known/oauth-protected-resource";
        Uri?[] places =
        [
            await endpoint.ChallengeAsync(server, ct),
            new(server, WellKnown + server.AbsolutePath.TrimEnd('/')),
            new(server, WellKnown),
        ];
        foreach (var place in places.OfType<Uri>().Distinct())
        {
            if (await endpoint.ReadMetadataAsync(place, ct) is not { } found)
                continue;
            // What speaks of another resource would have the token be good there.
            var named = Address(found, "resource");
            return named is not null && named.IsBaseOf(server)
                ? found
                : throw new AuthException(
                    AuthFailure.Login,
                    $"{place} speaks of {named?.ToString() ?? "no resource"}, not of {server}."
                );
        }
        throw new AuthException(
            AuthFailure.Login,
            $"{server} does not say how one logs in: it has no {WellKnown}. Say it with --authorize-url, --token-endpoint and --client-id."
        );
    }

    private async Task<JsonElement> AuthorityAsync(Uri issuer, CancellationToken ct)
    {
        var path = issuer.AbsolutePath.TrimEnd('/');
        Uri[] places =
        [
            new(issuer, "/.well-known/oauth-authorization-server" + path),
            new(issuer, "/.well-known/openid-configuration" + path),
            new(issuer, path + "/.well-known/openid-configuration"),
        ];
        foreach (var place in places.Distinct())
        {
            if (await endpoint.ReadMetadataAsync(place, ct) is { } found)
                return Address(found, "issuer") == issuer
                    ? found
                    : throw new AuthException(AuthFailure.Login, $"{place} is not of the issuer {issuer}.");
        }
        throw Missing(issuer, "metadata");
    }

    private static Uri Issuer(JsonElement resource, Uri server) =>
        Texts(resource, "authorization_servers").FirstOrDefault() is { } text
        && Uri.TryCreate(text, UriKind.Absolute, out var issuer)
            ? issuer
            : throw new AuthException(AuthFailure.Login, $"{server} names no authorization server.");

    private static JsonObject Client(int port) =>
        new()
        {
            ["client_name"] = "claw-ci",
            ["redirect_uris"] = new JsonArray(LoginCallback.AddressOf(port).AbsoluteUri),
            ["grant_types"] = new JsonArray("authorization_code", "refresh_token"),
            ["response_types"] = new JsonArray("code"),
            ["token_endpoint_auth_method"] = "none",
        };

    /// <summary>A client is registered with the address that the browser comes back to.</summary>
    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static Uri? Address(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && Uri.TryCreate(value.GetString(), UriKind.Absolute, out var address)
            ? address
            : null;

    private static IEnumerable<string> Texts(JsonElement json, string name) =>
        json.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
                .Where(item => item.ValueKind == JsonValueKind.String)
                .Select(item => item.GetString()!)
            : [];

    private static AuthException Missing(Uri issuer, string what) =>
        new(AuthFailure.Login, $"The authorization server {issuer} has no {what}.");
}
