using System.IO.Pipelines;
using System.Net;

namespace ClawCi.Sandboxes.Egress;

/// <summary>
/// Sends the plain requests of one client connection on. They are not copied but made anew, and so are the answers: what is
/// hidden between two requests, or in their delimiters, does not come through.
/// </summary>
internal sealed class HttpForward : IDisposable
{
    /// <summary>Of one connection (RFC 9110, 7.6.1), or made anew.</summary>
    private static readonly HashSet<string> Ours = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection",
        "Content-Length",
        "Expect",
        "Host",
        "Keep-Alive",
        "Proxy-Authenticate",
        "Proxy-Authorization",
        "Proxy-Connection",
        "TE",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
    };

    private readonly NetworkAccess _access;
    private readonly Outside _outside;
    private readonly EgressLimits _limits;
    private readonly Meter _meter;
    private readonly Action<NetworkUse> _report;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _invoker;
    private readonly Dictionary<Authority, Use> _uses = [];

    public HttpForward(
        NetworkAccess access,
        Outside outside,
        EgressLimits limits,
        Meter meter,
        Action<NetworkUse> report,
        TimeProvider time
    )
    {
        (_access, _outside, _limits, _meter, _report, _time) = (access, outside, limits, meter, report, time);
        _invoker = new HttpMessageInvoker(
            new SocketsHttpHandler
            {
                ActivityHeadersPropagator = null,
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.None,
                ConnectCallback = (context, ct) => ConnectAsync(context.DnsEndPoint, ct),
                ConnectTimeout = limits.ConnectTime,
                MaxConnectionsPerServer = 1,
                MaxResponseHeadersLength = 64,
                UseCookies = false,
                UseProxy = false,
            }
        );
    }

    /// <returns>Whether the connection can carry another request.</returns>
    /// <exception cref="EgressException">It could not be sent; nothing was answered.</exception>
    public async Task<bool> SendAsync(
        PlainRequest request,
        HostRule rule,
        PipeReader reader,
        Stream client,
        CancellationToken ct
    )
    {
        _uses.TryAdd(request.Authority, new Use(rule, _time.GetTimestamp()));
        using var message = Message(request, reader, out var body);
        if (body is not null && request.Head.All("Expect") is ["100-continue" or "100-Continue"])
            await client.WriteAsync(Answers.Continue, ct);
        using var response = await SendAsync(message, ct);
        var keep =
            !request.Head.IsHttp10
            && body is null or { IsRead: true }
            && !request.Head.All("Connection").Any(IsClose)
            && !request.Head.All("Proxy-Connection").Any(IsClose);
        try
        {
            await new ResponseWriter(response, request.Head, keep).WriteAsync(client, ct);
            return keep;
        }
        catch (EgressException e)
        {
            // Half an answer is out: there is nobody left to tell it to.
            _uses[request.Authority].Problem = e.Message;
            return false;
        }
    }

    public void Dispose()
    {
        _invoker.Dispose();
        foreach (var (authority, use) in _uses.Where(pair => pair.Value.Streams.Count > 0))
        {
            _report(
                new NetworkUse(
                    authority.Host,
                    authority.Port,
                    IsAllowed: true,
                    use.Rule.Text,
                    use.Problem,
                    use.Streams.Sum(stream => stream.Up),
                    use.Streams.Sum(stream => stream.Down),
                    _time.GetElapsedTime(use.Started)
                )
            );
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken ct)
    {
        try
        {
            var response = await _invoker.SendAsync(message, ct);
            return response.StatusCode >= HttpStatusCode.OK
                ? response
                : throw EgressException.Unreachable($"it answered {(int)response.StatusCode}");
        }
        catch (HttpRequestException e)
        {
            for (Exception? inner = e; inner is not null; inner = inner.InnerException)
            {
                if (inner is EgressException refusal)
                    throw refusal;
            }
            throw EgressException.Unreachable((e.InnerException ?? e).Message);
        }
    }

    private async ValueTask<Stream> ConnectAsync(DnsEndPoint to, CancellationToken ct)
    {
        var stream = await _outside.ConnectAsync("http", to.Host, to.Port, _access.MayBePrivate(to.Host, to.Port), ct);
        var metered = new MeteredStream(stream, _meter, _limits.Idle);
        _uses[new Authority(to.Host, to.Port)].Streams.Add(metered);
        return metered;
    }

    private static HttpRequestMessage Message(PlainRequest request, PipeReader reader, out RequestBody? body)
    {
        var head = request.Head;
        var length = head.BodyLength();
        string[] dropped =
        [
            .. head.All("Connection").SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries)),
        ];
        var message = new HttpRequestMessage(new HttpMethod(head.Method), Address(request))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var hasBody = length != 0 || head.All("Content-Length").Count > 0;
        body = hasBody ? new RequestBody(reader, length) : null;
        message.Content = body;
        foreach (var (name, value) in head.Headers)
        {
            if (Ours.Contains(name) || dropped.Contains(name, StringComparer.OrdinalIgnoreCase))
                continue;
            if (!message.Headers.TryAddWithoutValidation(name, value))
                body?.Headers.TryAddWithoutValidation(name, value);
        }
        return message;
    }

    /// <summary>The path as it came: to tidy it up would be to ask for something else.</summary>
    private static Uri Address(PlainRequest request) =>
        Uri.TryCreate(
            $"http://{request.Authority}{request.Path}",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true },
            out var address
        )
            ? address
            : throw EgressException.Malformed("its target is no address");

    private static bool IsClose(string value) =>
        value.Split(',', StringSplitOptions.TrimEntries).Contains("close", StringComparer.OrdinalIgnoreCase);

    /// <summary>What one client connection did with one host.</summary>
    private sealed record Use(HostRule Rule, long Started)
    {
        public List<MeteredStream> Streams { get; } = [];
        public string? Problem { get; set; }
    }
}
