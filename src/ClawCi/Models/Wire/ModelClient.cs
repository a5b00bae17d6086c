using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using ClawCi.Auth;

namespace ClawCi.Models.Wire;

/// <summary>
/// Sends requests in the words of an API and reads the replies. Makes one attempt: every failure is a
/// <see cref="ModelException"/> and final here.
/// </summary>
internal sealed class ModelClient : IDisposable
{
    private const int MaxErrorBytes = 64 * 1024;
    private static readonly string Version = typeof(ModelClient).Assembly.GetName().Version!.ToString(3);

    private readonly IModelApi _api;
    private readonly ModelEndpoint _endpoint;
    private readonly TimeProvider _time;
    private readonly HttpMessageHandler _below;
    private readonly HttpClient _http;
    private readonly Uri _address;
    private readonly string _where;

    /// <param name="below">What carries the requests instead of the network; owned by the client from here on.</param>
    public ModelClient(IModelApi api, ModelEndpoint endpoint, TimeProvider time, HttpMessageHandler? below = null)
    {
        _api = api;
        _endpoint = endpoint;
        _time = time;
        _below = below ?? Network(endpoint);
        _http = new HttpClient(_below, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        _address = Address(endpoint.BaseUrl, api.Path);
        _where = endpoint.BaseUrl.Authority;
    }

    /// <summary>A query stays where it is: some gateways want a version or a key of their own in it.</summary>
    private static Uri Address(Uri baseUrl, string path) =>
        new UriBuilder(baseUrl) { Path = baseUrl.AbsolutePath.TrimEnd('/') + path }.Uri;

    /// <summary>The way over the network: no redirects, no cookies, no proxy but the one that was named.</summary>
    public static SocketsHttpHandler Network(ModelEndpoint endpoint) =>
        new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = endpoint.Proxy is not null,
            Proxy = HttpProxy.Of(endpoint.Proxy),
            ConnectTimeout = endpoint.Timeouts.Connect,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        };

    public async Task<ModelReply> SendAsync(ModelRequest request, CancellationToken ct)
    {
        if (Source() is not { } source)
            return await SendAsync(request, credential: null, ct);
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
            throw Named(refused, source);
        }
    }

    /// <summary>Asks for the list of models, which costs nothing.</summary>
    /// <returns>That it answers and takes the credential, in words.</returns>
    /// <exception cref="ModelException">It does not.</exception>
    /// <exception cref="AuthException">The credential cannot be had.</exception>
    public async Task<string> TryAsync(CancellationToken ct)
    {
        var source = Source();
        var credential = source is null ? null : Usable(await source.GetAsync(ct));
        using var message = new HttpRequestMessage(HttpMethod.Get, Address(_endpoint.BaseUrl, _api.ModelsPath));
        AddHeaders(message, credential);
        using var response = await AskAsync(message, ct);
        var key = source is null ? "and asks for no key" : $"and takes the credential of {source.Name}";
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                return $"{_where} answers {key}";
            case HttpStatusCode.BadRequest
            or HttpStatusCode.NotFound
            or HttpStatusCode.MethodNotAllowed
            or HttpStatusCode.NotImplemented:
                return $"{_where} answers; it lists no models, so only a run tells whether it takes the credential";
        }
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        var answer = ProviderAnswer.Read(response.Headers, _time.GetUtcNow());
        var refused = new ProviderErrors(_where, _api.Variables).FromStatus(
            (int)response.StatusCode,
            await ReadErrorAsync(body, ct),
            answer
        );
        throw source is null ? refused : Named(refused, source);
    }

    /// <summary>Null when none is needed.</summary>
    private ICredentialSource? Source() =>
        _endpoint.Credential is null && _api.NeedsCredential(_endpoint)
            ? throw new ModelException(
                ModelFailure.Authentication,
                $"{_where}: no credentials. Set {_api.Variables.Key}, or see `claw-ci auth --help`"
            )
            : _endpoint.Credential;

    private static ModelException Named(ModelException refused, ICredentialSource source) =>
        new(
            refused.Failure,
            $"{refused.Message} (the credential is of {source.Name})",
            refused.Status,
            refused.RequestId,
            inner: refused
        );

    private async Task<ModelReply> SendAsync(ModelRequest request, Credential? credential, CancellationToken ct)
    {
        using var message = Compose(request, credential);
        using var response = await AskAsync(message, ct);
        var answer = ProviderAnswer.Read(response.Headers, _time.GetUtcNow());
        try
        {
            using var body = new WatchedStream(
                await response.Content.ReadAsStreamAsync(ct),
                _where,
                _endpoint.Timeouts.BetweenChunks,
                _time
            );
            return await ReadAsync(request, response, body, answer, ct);
        }
        catch (ModelException e) when (e.RequestId is null && answer.RequestId is not null)
        {
            throw e.Of(answer.RequestId);
        }
    }

    private async Task<ModelReply> ReadAsync(
        ModelRequest request,
        HttpResponseMessage response,
        WatchedStream body,
        ProviderAnswer answer,
        CancellationToken ct
    )
    {
        if (response.StatusCode != HttpStatusCode.OK)
            throw new ProviderErrors(_where, _api.Variables).FromStatus(
                (int)response.StatusCode,
                await ReadErrorAsync(body, ct),
                answer
            );
        if (response.Content.Headers.ContentType?.MediaType is not "text/event-stream")
            throw new ModelException(
                ModelFailure.InvalidReply,
                $"{_where}: the reply is not an event stream but {ProviderError.Describe(await ReadErrorAsync(body, ct))}"
            );
        var reader = _api.ReadReply(_where);
        try
        {
            return ReplyCheck.Answering(_where, await ReadReplyAsync(reader, body, answer.RequestId, ct), request);
        }
        catch when (reader.Seen is { } seen)
        {
            request.Lost?.Invoke(seen);
            throw;
        }
    }

    private async Task<ModelReply> ReadReplyAsync(
        IReplyReader reader,
        WatchedStream body,
        string? requestId,
        CancellationToken ct
    )
    {
        // What is read in place need not be copied.
        var events = SseParser.Create(body, reader.Accept).EnumerateAsync(ct);
        await foreach (var item in events)
        {
            if (item.Data)
                return reader.Reply(requestId);
            body.EndEvent();
        }
        throw new ModelException(ModelFailure.Interrupted, $"{_where}: the reply ended before the message did");
    }

    private HttpRequestMessage Compose(ModelRequest request, Credential? credential)
    {
        var usable = credential is null ? null : Usable(credential);
        var message = new HttpRequestMessage(HttpMethod.Post, _address) { Content = _api.Write(request) };
        message.Headers.Add("accept", "text/event-stream");
        AddHeaders(message, usable);
        return message;
    }

    private void AddHeaders(HttpRequestMessage message, Credential? usable)
    {
        message.Headers.UserAgent.Add(new ProductInfoHeaderValue("claw-ci", Version));
        _api.AddHeaders(message.Headers, _endpoint, usable);
    }

    private Credential Usable(Credential credential)
    {
        var secret = credential.Value.Trim();
        return secret.Length == 0 || secret.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? throw new ModelException(
                ModelFailure.Authentication,
                $"{_where}: the credential is empty, or holds a blank, a line break or a character that none can hold"
            )
            : credential with
            {
                Value = secret,
            };
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
    private string Reason(HttpRequestException failure) =>
        failure.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => $"no such host. Check {_api.Variables.BaseUrl} and the network",
            HttpRequestError.SecureConnectionError =>
                $"no secure connection: {failure.GetBaseException().Message} Is SSL_CERT_FILE needed?",
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

    public void Dispose()
    {
        _http.Dispose();
        _below.Dispose();
    }
}
