using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using ClawCi.Auth;

namespace ClawCi.Models.Anthropic;

/// <summary>
/// Speaks the Messages API. Makes one attempt: every failure is a <see cref="ModelException"/> and final here.
/// https://platform.claude.com/docs/en/api/messages
/// </summary>
internal sealed class AnthropicClient : IDisposable
{
    private const int MaxErrorBytes = 64 * 1024;
    private static readonly string Version = typeof(AnthropicClient).Assembly.GetName().Version!.ToString(3);

    private readonly string _model;
    private readonly ModelEndpoint _endpoint;
    private readonly TimeProvider _time;
    private readonly HttpMessageHandler _below;
    private readonly HttpClient _http;
    private readonly Uri _address;
    private readonly string _where;

    /// <param name="model">The model's name without its provider.</param>
    /// <param name="below">What carries the requests instead of the network; owned by the client from here on.</param>
    public AnthropicClient(string model, ModelEndpoint endpoint, TimeProvider time, HttpMessageHandler? below = null)
    {
        _model = model;
        _endpoint = endpoint;
        _time = time;
        _below = below ?? Network(endpoint);
        _http = new HttpClient(_below, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        _address = new Uri(endpoint.BaseUrl.AbsoluteUri.TrimEnd('/') + "/v1/messages");
        _where = endpoint.BaseUrl.Authority;
    }

    /// <summary>The way over the network: no redirects, no cookies, no proxy but the one that was named.</summary>
    private static SocketsHttpHandler Network(ModelEndpoint endpoint) =>
        new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = endpoint.Proxy is not null,
            Proxy = endpoint.Proxy is null ? null : new WebProxy(endpoint.Proxy),
            ConnectTimeout = endpoint.Timeouts.Connect,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        };

    public async Task<ModelReply> SendAsync(ModelRequest request, CancellationToken ct)
    {
        if (_endpoint.Credential is not { } source)
            throw new ModelException(
                ModelFailure.Authentication,
                $"{_where}: no credentials. Set ANTHROPIC_API_KEY, or see `claw-ci auth --help`"
            );
        var credential = await source.GetAsync(ct);
        try
        {
            try
            {
                return await SendAsync(request, credential, ct);
            }
            catch (ModelException refused) when (refused.Status is 401)
            {
                // A token may be revoked, or a key rotated, while a run is under way.
                if (await source.ReplaceAsync(credential, ct) is not { } other)
                    throw;
                return await SendAsync(request, other, ct);
            }
        }
        catch (ModelException refused) when (refused.Failure is ModelFailure.Authentication)
        {
            throw new ModelException(
                refused.Failure,
                $"{refused.Message} (the credential is of {source.Name})",
                refused.Status,
                refused.RequestId,
                inner: refused
            );
        }
    }

    private async Task<ModelReply> SendAsync(ModelRequest request, Credential credential, CancellationToken ct)
    {
        using var message = Compose(request, credential);
        using var response = await AskAsync(message, ct);
        using var body = new WatchedStream(
            await response.Content.ReadAsStreamAsync(ct),
            _where,
            _endpoint.Timeouts.BetweenChunks,
            _time
        );
        var requestId = RequestId(response);
        if (response.StatusCode != HttpStatusCode.OK)
            throw AnthropicErrors.FromStatus(
                _where,
                (int)response.StatusCode,
                await ReadErrorAsync(body, ct),
                requestId,
                RetryAfter(response)
            );
        if (response.Content.Headers.ContentType?.MediaType is not "text/event-stream")
            throw new ModelException(
                ModelFailure.InvalidReply,
                $"{_where}: the reply is not an event stream but {AnthropicErrors.Describe(await ReadErrorAsync(body, ct))}",
                status: 200,
                requestId
            );
        var reader = new AnthropicEventReader(_where);
        try
        {
            return await ReadReplyAsync(reader, body, requestId, ct);
        }
        catch when (reader.Seen is { } seen)
        {
            request.Lost?.Invoke(seen);
            throw;
        }
    }

    private async Task<ModelReply> ReadReplyAsync(
        AnthropicEventReader reader,
        Stream body,
        string? requestId,
        CancellationToken ct
    )
    {
        var events = SseParser.Create(body, static (_, data) => data.ToArray()).EnumerateAsync(ct);
        await foreach (var item in events)
        {
            if (reader.Accept(item.EventType, item.Data))
                return reader.Reply(requestId);
        }
        throw new ModelException(
            ModelFailure.Interrupted,
            $"{_where}: the reply ended before the message did",
            status: 200,
            requestId
        );
    }

    private HttpRequestMessage Compose(ModelRequest request, Credential credential)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, _address)
        {
            Content = new ReadOnlyMemoryContent(AnthropicRequestWriter.Write(_model, request)),
        };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        message.Headers.Add("anthropic-version", "2023-06-01");
        message.Headers.Add("accept", "text/event-stream");
        message.Headers.UserAgent.Add(new ProductInfoHeaderValue("claw-ci", Version));
        var secret = credential.Value.Trim();
        if (secret.Length == 0 || secret.AsSpan().ContainsAnyExceptInRange('!', '~'))
            throw new ModelException(
                ModelFailure.Authentication,
                $"{_where}: the credential is empty, or holds a blank, a line break or a character that none can hold"
            );
        if (credential is ApiKey)
            message.Headers.Add("x-api-key", secret);
        else
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return message;
    }

    private async Task<HttpResponseMessage> AskAsync(HttpRequestMessage message, CancellationToken ct)
    {
        var timeouts = _endpoint.Timeouts;
        using var firstByte = new CancellationTokenSource(timeouts.FirstByte, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, firstByte.Token);
        try
        {
            return await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            var what = firstByte.IsCancellationRequested
                ? $"no answer within {timeouts.FirstByte.TotalSeconds:0.###} s"
                : $"no connection within {timeouts.Connect.TotalSeconds:0.###} s";
            throw new ModelException(ModelFailure.Stalled, $"{_where}: {what}", inner: e);
        }
        catch (HttpRequestException e)
        {
            throw new ModelException(ModelFailure.ConnectionLost, $"{_where}: {Snippet.Of(Reason(e))}", inner: e);
        }
    }

    /// <summary>The innermost message says what happened: refused, no such host, certificate.</summary>
    private static string Reason(HttpRequestException failure) =>
        failure.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => "no such host. Check ANTHROPIC_BASE_URL and the network",
            HttpRequestError.SecureConnectionError => $"no secure connection: {failure.GetBaseException().Message}",
            HttpRequestError.ProxyTunnelError => $"the proxy refused: {failure.Message}",
            _ => failure.GetBaseException().Message,
        };

    private static async Task<byte[]> ReadErrorAsync(Stream body, CancellationToken ct)
    {
        var buffer = new byte[MaxErrorBytes];
        var length = 0;
        try
        {
            while (length < buffer.Length && await body.ReadAsync(buffer.AsMemory(length), ct) is > 0 and var read)
                length += read;
        }
        catch (ModelException)
        {
            // The status has been seen; what was to be read beside it is not worth another failure.
        }
        return buffer[..length];
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var after = response.Headers.RetryAfter;
        var wait = after?.Delta ?? (after?.Date - _time.GetUtcNow());
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private static string? RequestId(HttpResponseMessage response) =>
        response.Headers.TryGetValues("request-id", out var ids)
        || response.Headers.TryGetValues("x-request-id", out ids)
            ? Snippet.Of(ids.First(), 100)
            : null;

    public void Dispose()
    {
        _http.Dispose();
        _below.Dispose();
    }
}
