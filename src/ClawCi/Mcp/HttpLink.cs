using System.Net;
using ClawCi.Auth;
using ClawCi.Sandboxes.Egress;
using ModelContextProtocol.Client;

namespace ClawCi.Mcp;

/// <summary>To a server over HTTP, from the runner: to its host and nowhere else, as the rules for sandboxes have it.</summary>
internal sealed class HttpLink : IMcpLink
{
    private const int HeaderKilobytes = 64;
    private const int Connections = 8;

    private readonly HttpClient _http;
    private readonly McpServerSpec _spec;
    private readonly HttpExchange _exchange;
    private readonly Meter _traffic = new(EgressLimits.Default);

    /// <param name="credential">Sent with every request; null sends none.</param>
    /// <param name="report">Told of each connection when it is over, from any thread.</param>
    public HttpLink(
        McpServerSpec spec,
        ICredentialSource? credential,
        Outside outside,
        Action<NetworkUse> report,
        TimeProvider time
    )
    {
        _spec = spec;
        Meter = new McpMeter(time);
        // Wherever a redirection leads, it is not followed: it would take the token there.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            MaxConnectionsPerServer = Connections,
            MaxResponseHeadersLength = HeaderKilobytes,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = async (_, ct) => await ConnectAsync(spec.Url!, spec.Network!, outside, report, time, ct),
        };
        _exchange = new HttpExchange(handler, spec, credential, Meter);
        _http = new HttpClient(_exchange) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public McpMeter Meter { get; }

    public IClientTransport Transport =>
        new HttpClientTransport(
            new HttpClientTransportOptions
            {
                Endpoint = _spec.Url!,
                TransportMode = HttpTransportMode.StreamableHttp,
                AdditionalHeaders = _spec.Headers.ToDictionary(),
                MaxReconnectionAttempts = 2,
            },
            _http
        );

    public string LastWords => Meter.Violation ?? _exchange.Refusal ?? "";

    public bool ClosesAfterSession => true;

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        _exchange.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Stream> ConnectAsync(
        Uri url,
        NetworkAccess network,
        Outside outside,
        Action<NetworkUse> report,
        TimeProvider time,
        CancellationToken ct
    )
    {
        var started = time.GetTimestamp();
        var rule = network.Find(url.Host, url.Port)?.Text ?? "network";
        void Report(bool isAllowed, string by, string? problem, long up, long down) =>
            report(new NetworkUse(url.Host, url.Port, isAllowed, by, problem, up, down, time.GetElapsedTime(started)));
        try
        {
            _traffic.CountConnection();
            var stream = await outside.ConnectAsync(
                url.Scheme,
                url.Host,
                url.Port,
                network.MayBePrivate(url.Host, url.Port),
                ct
            );
            // How long it may be silent is the business of calls.
            return new MeteredStream(
                stream,
                _traffic,
                Timeout.InfiniteTimeSpan,
                far => Report(true, rule, null, far.Up, far.Down)
            );
        }
        catch (EgressException e)
        {
            Report(e.Rule is null, e.Rule ?? rule, e.Message, 0, 0);
            throw;
        }
    }
}
