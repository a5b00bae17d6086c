using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ClawCi.Auth;

/// <summary>Asks OAuth 2.0 token endpoints for tokens: RFC 6749 §5, RFC 8693.</summary>
/// <param name="proxyTo">The proxy on the way to an address; null is none.</param>
/// <param name="mask">Told of each secret that is received before anyone else sees it.</param>
internal sealed partial class TokenEndpoint(Func<Uri, Uri?> proxyTo, Action<string> mask, TimeProvider time)
{
    private const int Attempts = 4;
    private const int MaxBytes = 256 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);

    /// <summary>What asking takes at most: all attempts without an answer, and the waits between them.</summary>
    public static TimeSpan Longest { get; } = (Attempts * Timeout) + (FirstWait * (Math.Pow(2, Attempts - 1) - 1));

    /// <param name="asJson">Instead of the standard's form: some providers want it so.</param>
    /// <exception cref="AuthException">No token came.</exception>
    public async Task<TokenAnswer> AskAsync(
        Uri endpoint,
        IReadOnlyDictionary<string, string> fields,
        bool asJson,
        CancellationToken cancellationToken
    )
    {
        var body = await SendAsync(
            endpoint,
            () =>
                new HttpRequestMessage(HttpMethod.Post, endpoint)
                {
                    Content = asJson
                        ? new StringContent(
                            new JsonObject(
                                fields.Select(field => KeyValuePair.Create(field.Key, (JsonNode?)field.Value))
                            ).ToJsonString(),
                            Encoding.UTF8,
                            "application/json"
                        )
                        : new FormUrlEncodedContent(fields),
                },
            cancellationToken
        );
        var token = Text(body, "access_token") ?? throw NoToken(endpoint, "its answer has no access_token");
        mask(token);
        var refresh = Text(body, "refresh_token");
        if (refresh is not null)
            mask(refresh);
        if (token.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw NoToken(endpoint, "its access_token holds characters that none can hold");
        return new TokenAnswer(token, refresh, Seconds(body, "expires_in"), Text(body, "scope"));
    }

    /// <summary>An identity token from where GitHub gives them to jobs: a GET with the job's own token.</summary>
    /// <exception cref="AuthException">None came.</exception>
    public async Task<string> AskIdentityAsync(Uri address, string jobToken, CancellationToken cancellationToken)
    {
        var body = await SendAsync(
            address,
            () =>
                new HttpRequestMessage(HttpMethod.Get, address)
                {
                    Headers = { Authorization = new AuthenticationHeaderValue("Bearer", jobToken) },
                },
            cancellationToken
        );
        var identity = Text(body, "value") ?? throw NoToken(address, "its answer has no value");
        mask(identity);
        return identity;
    }

    /// <summary>What an authorization server, or what it guards, says of itself: RFC 8414, RFC 9728.</summary>
    /// <returns>Null when it says nothing there.</returns>
    /// <exception cref="AuthException">No answer came.</exception>
    public async Task<JsonElement?> ReadMetadataAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(address, () => new HttpRequestMessage(HttpMethod.Get, address), cancellationToken);
        }
        catch (AuthException e) when (e.Failure is AuthFailure.TokenRefused)
        {
            return null;
        }
    }

    /// <summary>Has a client registered, RFC 7591.</summary>
    /// <returns>Its id.</returns>
    /// <exception cref="AuthException">It is refused.</exception>
    public async Task<string> RegisterAsync(Uri address, JsonObject client, CancellationToken cancellationToken)
    {
        var text = client.ToJsonString();
        var body = await SendAsync(
            address,
            () =>
                new HttpRequestMessage(HttpMethod.Post, address)
                {
                    Content = new StringContent(text, Encoding.UTF8, "application/json"),
                },
            cancellationToken
        );
        return Text(body, "client_id") ?? throw NoToken(address, "its registration has no client_id");
    }

    /// <summary>What a request without a token is told to do: the parameter <c>resource_metadata</c> of RFC 9728 §5.1; null without one.</summary>
    public async Task<Uri?> ChallengeAsync(Uri address, CancellationToken cancellationToken)
    {
        using var http = Client(address);
        http.Timeout = Timeout;
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, address);
            message.Headers.Add("accept", "application/json, text/event-stream");
            using var response = await http.SendAsync(
                message,
                HttpCompletionOption.ResponseHeadersRead,
                cancellationToken
            );
            var found = response
                .Headers.WwwAuthenticate.Select(challenge => Challenged().Match(challenge.Parameter ?? ""))
                .FirstOrDefault(match => match.Success);
            return Uri.TryCreate(found?.Groups[1].Value, UriKind.Absolute, out var metadata) ? metadata : null;
        }
        catch (HttpRequestException e)
        {
            throw new AuthException(
                AuthFailure.TokenEndpoint,
                $"{address} does not answer: {OneLine.Of(e.GetBaseException().Message)}.",
                e
            );
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AuthException(
                AuthFailure.TokenEndpoint,
                $"{address} does not answer within {Timeout.TotalSeconds:0} s.",
                e
            );
        }
    }

    [GeneratedRegex("resource_metadata=\"([^\"]*)\"")]
    private static partial Regex Challenged();

    private async Task<JsonElement> SendAsync(
        Uri address,
        Func<HttpRequestMessage> request,
        CancellationToken cancellationToken
    )
    {
        if (address.Scheme != Uri.UriSchemeHttps && !address.IsLoopback)
            throw NoToken(address, "tokens are sent over https only");
        using var http = Client(address);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var message = request();
                message.Headers.Add("accept", "application/json");
                using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                timeout.CancelAfter(Timeout);
                using var response = await http.SendAsync(message, timeout.Token);
                var text = await JsonBody.ReadAsync(response.Content, timeout.Token);
                if (response.IsSuccessStatusCode)
                    return Parse(text) ?? throw NoToken(address, "its answer is no JSON object");
                if ((int)response.StatusCode is < 500 and not (408 or 429))
                    throw Refused(address, response.StatusCode, Parse(text));
                if (attempt == Attempts)
                    throw NoToken(address, $"it answers {(int)response.StatusCode}");
            }
            catch (HttpRequestException e)
            {
                if (attempt == Attempts)
                    throw NoToken(address, OneLine.Of(e.GetBaseException().Message), e);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                if (attempt == Attempts)
                    throw NoToken(address, $"no answer within {Timeout.TotalSeconds:0} s", e);
            }
            await Task.Delay(FirstWait * Math.Pow(2, attempt - 1), time, cancellationToken);
        }
    }

    private HttpClient Client(Uri address)
    {
        var proxy = proxyTo(address);
        return new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = proxy is not null,
                Proxy = HttpProxy.Of(proxy),
                ConnectTimeout = TimeSpan.FromSeconds(10),
            }
        )
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxBytes,
        };
    }

    /// <summary>RFC 6749 §5.2: <c>invalid_grant</c> says that what was to be exchanged is no longer good.</summary>
    private static AuthException Refused(Uri address, HttpStatusCode status, JsonElement? body)
    {
        var error = body is { } json ? Text(json, "error") : null;
        var description = body is { } answer ? Text(answer, "error_description") : null;
        var said = string.Join(": ", new[] { error, description }.OfType<string>().Select(OneLine.Of));
        return new AuthException(
            error == "invalid_grant" ? AuthFailure.TokenRevoked : AuthFailure.TokenRefused,
            $"The token endpoint {address.Authority} refuses: {(int)status}{(said.Length == 0 ? "" : " ")}{said}."
        );
    }

    private static AuthException NoToken(Uri address, string why, Exception? inner = null) =>
        new(AuthFailure.TokenEndpoint, $"The token endpoint {address.Authority} gives no token: {why}.", inner);

    private static JsonElement? Parse(string text)
    {
        try
        {
            return JsonElement.Parse(text) is { ValueKind: JsonValueKind.Object } json ? json : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    /// <summary>Some endpoints write the number as text.</summary>
    private static TimeSpan? Seconds(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value)
        && double.TryParse(
            value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText(),
            System.Globalization.CultureInfo.InvariantCulture,
            out var seconds
        )
        && seconds is >= 0 and < 1e9
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
