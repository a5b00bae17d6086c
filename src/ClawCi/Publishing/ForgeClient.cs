using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using ClawCi.Runs;

namespace ClawCi.Publishing;

/// <summary>Speaks JSON with a platform's REST API. Nothing is tried again: publishing as a whole is.</summary>
internal sealed class ForgeClient : IDisposable
{
    private const int PageSize = 100;
    private const int MostPages = 20;
    private const int MaxBytes = 32 << 20;
    private static readonly string[] SaidIn = ["message", "error", "errors"];
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http;
    private readonly string _api;
    private readonly string _host;

    public ForgeClient(Uri api, string token, Uri? proxy)
    {
        if (api.Scheme != Uri.UriSchemeHttps && !api.IsLoopback)
            throw new UserErrorException("environment", $"{api} is plain http, over which no token goes.");
        (_api, _host) = (api.AbsoluteUri.TrimEnd('/'), api.Authority);
        _http = new HttpClient(
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
            Timeout = Timeout,
            MaxResponseContentBufferSize = MaxBytes,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("claw-ci");
    }

    public void Accept(string type, params ReadOnlySpan<(string Name, string Value)> headers)
    {
        _http.DefaultRequestHeaders.Accept.ParseAdd(type);
        foreach (var (name, value) in headers)
            _http.DefaultRequestHeaders.Add(name, value);
    }

    /// <param name="path">From the API's root, escaped, with its query.</param>
    /// <exception cref="PublishException">The platform is away, says no, or answers with something else.</exception>
    public async Task<T> SendAsync<T>(
        HttpMethod method,
        string path,
        JsonObject? body,
        JsonTypeInfo<T> answer,
        CancellationToken ct
    )
    {
        try
        {
            using var request = new HttpRequestMessage(method, _api + path);
            if (body is not null)
                request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            using var response = await _http.SendAsync(request, ct);
            var text = await JsonBody.ReadAsync(response.Content, ct);
            if (!response.IsSuccessStatusCode)
                throw Refused(response, text);
            return JsonSerializer.Deserialize(text, answer) ?? throw Odd("$");
        }
        catch (HttpRequestException e)
        {
            throw Away(e.GetBaseException().Message, e);
        }
        catch (JsonException e)
        {
            throw Odd(e.Path ?? "$", e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw Away($"no answer within {Timeout.TotalSeconds:0} s", e);
        }
    }

    /// <summary>The items of a list, page by page; of a very long one the beginning.</summary>
    public async IAsyncEnumerable<T> ListAsync<T>(
        string path,
        JsonTypeInfo<T?[]> answer,
        [EnumeratorCancellation] CancellationToken ct
    )
        where T : class
    {
        for (var page = 1; page <= MostPages; page++)
        {
            var items = await SendAsync(HttpMethod.Get, $"{path}&per_page={PageSize}&page={page}", null, answer, ct);
            foreach (var item in items)
                yield return item ?? throw Odd("$[]");
            if (items.Length < PageSize)
                yield break;
        }
    }

    public void Dispose() => _http.Dispose();

    private PublishException Odd(string path, Exception? inner = null) =>
        Away($"its answer is not what its API describes, at {path}", inner);

    private PublishException Away(string why, Exception? inner) =>
        new(
            Outcome.ApplyFailed,
            "platform",
            $"{_host} cannot be asked: {VisibleText.Line(why)}.",
            retryable: true,
            inner
        );

    private PublishException Refused(HttpResponseMessage response, string text)
    {
        var said = Said(text);
        var status = (int)response.StatusCode;
        var message = $"{_host} answers {status}{(said.Length == 0 ? "" : ": ")}{said}";
        if (status == 429 || (status == 403 && IsRateLimit(response)))
            return new(Outcome.ApplyFailed, "rate-limited", message, retryable: true);
        return status switch
        {
            401 => new(Outcome.AuthFailed, "credentials", $"{message}. Is the token right, and not expired?"),
            403 when said.Contains("not permitted to create", StringComparison.OrdinalIgnoreCase) => new(
                Outcome.AuthFailed,
                "permission",
                $"{message} Turn on `Allow GitHub Actions to create and approve pull requests` in the repository's settings under Actions, General."
            ),
            403 or 404 => new(
                Outcome.AuthFailed,
                "permission",
                $"{message}. Either the repository is not there, or the token may not do this: it takes `contents: write` and `pull-requests: write` on GitHub, the scope `api` and the role Developer on GitLab."
            ),
            422 when said.Contains("draft", StringComparison.OrdinalIgnoreCase) => new(
                Outcome.ApplyFailed,
                "refused",
                $"{message}. Without drafts: --request ready."
            ),
            >= 300 and < 400 => new(
                Outcome.ApplyFailed,
                "moved",
                $"{message}. Has the repository moved? Name its new address."
            ),
            >= 500 or 408 => new(Outcome.ApplyFailed, "platform", message, retryable: true),
            _ => new(Outcome.ApplyFailed, "refused", message),
        };
    }

    private static bool IsRateLimit(HttpResponseMessage response) =>
        response.Headers.Contains("retry-after")
        || (response.Headers.TryGetValues("x-ratelimit-remaining", out var left) && left.FirstOrDefault() == "0");

    /// <summary>GitHub: <c>message</c> and <c>errors</c>; GitLab: <c>message</c>, a text or a list, or <c>error</c>.</summary>
    private static string Said(string text)
    {
        try
        {
            var answer = JsonElement.Parse(text);
            if (answer.ValueKind != JsonValueKind.Object)
                return "";
            var parts = SaidIn
                .Select(name => answer.TryGetProperty(name, out var value) ? value : default)
                .Where(value => value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
                .Select(value => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText());
            return Short(string.Join(" ", parts));
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private static string Short(string text)
    {
        const int Most = 300;
        var line = VisibleText.Line(text.Trim());
        return line.Length <= Most ? line : $"{line[..Most]}…";
    }
}
