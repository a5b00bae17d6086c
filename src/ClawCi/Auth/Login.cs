using System.Security.Cryptography;
using System.Text;

namespace ClawCi.Auth;

/// <summary>
/// Has a person log in with a browser: authorization code with PKCE (RFC 7636, S256), answered to a port of this machine
/// (RFC 8252 §7.3).
/// </summary>
internal sealed class Login(
    LoginSettings settings,
    TokenEndpoint endpoint,
    Func<int, byte[]> randomBytes,
    TimeProvider time
)
{
    /// <param name="show">Shows the person the address to open.</param>
    /// <exception cref="AuthException">The person or the server refused, or nobody came in time.</exception>
    public async Task<StoredToken> RunAsync(Action<Uri> show, TimeSpan patience, CancellationToken cancellationToken)
    {
        var verifier = Base64Url(randomBytes(32));
        var state = Base64Url(randomBytes(32));
        using var callback = new LoginCallback(settings.Port, state);
        show(Address(callback.Address, state, verifier));
        var code = await callback.WaitAsync(patience, time, cancellationToken);
        var fields = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = callback.Address.AbsoluteUri,
            ["client_id"] = settings.ClientId,
            ["code_verifier"] = verifier,
        };
        if (settings.Resource is { } resource)
            fields["resource"] = resource.OriginalString;
        var now = time.GetUtcNow();
        var answer = await endpoint.AskAsync(settings.TokenEndpoint, fields, asJson: false, cancellationToken);
        return new StoredToken(
            StoredToken.CurrentVersion,
            settings.Provider,
            answer.AccessToken,
            answer.RefreshToken,
            now + answer.ExpiresIn,
            now,
            settings.TokenEndpoint,
            settings.ClientId,
            answer.Scope ?? settings.Scope,
            settings.Resource
        );
    }

    private Uri Address(Uri redirect, string state, string verifier)
    {
        var challenge = Base64Url(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)));
        (string Name, string? Value)[] parameters =
        [
            ("response_type", "code"),
            ("client_id", settings.ClientId),
            ("redirect_uri", redirect.AbsoluteUri),
            ("scope", settings.Scope),
            ("resource", settings.Resource?.OriginalString),
            ("state", state),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
        ];
        var query = string.Join(
            '&',
            parameters
                .Where(parameter => parameter.Value is not null)
                .Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value!)}")
        );
        var address = settings.AuthorizeUrl.AbsoluteUri;
        return new Uri($"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}");
    }

    private static string Base64Url(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
