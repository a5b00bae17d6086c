using System.Globalization;
using System.Text.Json;

namespace ClawCi.Auth;

/// <summary>
/// Reads tokens as others write them down: our own file, a token endpoint's answer (RFC 6749 §5.1), claw-code's
/// <c>credentials.json</c>.
/// </summary>
internal static class TokenImport
{
    /// <summary>Later than any time in seconds that a token will ever have: a larger number is milliseconds.</summary>
    private const double LatestSeconds = 100_000_000_000;

    /// <param name="tokenEndpoint">Where it is renewed; null takes what the text says.</param>
    /// <param name="clientId">Whose token it is; null takes what the text says.</param>
    /// <exception cref="AuthException">The text holds no token.</exception>
    public static StoredToken Read(
        string json,
        string provider,
        Uri? tokenEndpoint,
        string? clientId,
        DateTimeOffset now
    )
    {
        var root = Parse(json);
        // claw-code keeps other things in the file too.
        var token = root.TryGetProperty("oauth", out var nested) ? nested : root;
        var access =
            Text(token, "access_token", "accessToken")
            ?? throw new AuthException(AuthFailure.TokenFileInvalid, "The text has no access_token.");
        return new StoredToken(
            StoredToken.CurrentVersion,
            provider,
            access,
            Text(token, "refresh_token", "refreshToken"),
            Expiry(token, now),
            now,
            tokenEndpoint ?? (Uri.TryCreate(Text(token, "token_endpoint"), UriKind.Absolute, out var uri) ? uri : null),
            clientId ?? Text(token, "client_id"),
            Text(token, "scope")
        );
    }

    private static JsonElement Parse(string json)
    {
        try
        {
            if (JsonElement.Parse(json) is { ValueKind: JsonValueKind.Object } root)
                return root;
        }
        catch (JsonException)
        {
            // The exception's message may quote what it could not read.
        }
        throw new AuthException(AuthFailure.TokenFileInvalid, "The text is no JSON object.");
    }

    private static DateTimeOffset? Expiry(JsonElement token, DateTimeOffset now)
    {
        if (Number(token, "expires_in") is { } seconds)
            return now.AddSeconds(seconds);
        if (Number(token, "expires_at", "expiresAt") is { } at)
            return DateTimeOffset.FromUnixTimeMilliseconds((long)(at > LatestSeconds ? at : at * 1000));
        return DateTimeOffset.TryParse(
            Text(token, "expires_at"),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time
            : null;
    }

    private static double? Number(JsonElement json, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (
                json.ValueKind == JsonValueKind.Object
                && json.TryGetProperty(name, out var value)
                && value.ValueKind == JsonValueKind.Number
                && value.TryGetDouble(out var number)
                && number is >= 0 and < LatestSeconds * 1000
            )
                return number;
        }
        return null;
    }

    private static string? Text(JsonElement json, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (
                json.ValueKind == JsonValueKind.Object
                && json.TryGetProperty(name, out var value)
                && value.ValueKind == JsonValueKind.String
                && value.GetString() is { Length: > 0 } text
            )
                return text;
        }
        return null;
    }
}
