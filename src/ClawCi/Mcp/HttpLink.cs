using System.Net;
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

    /// <param name="bearer">The token that is sent with every request; null sends none.</param>
    public HttpLink(McpServerSpec spec, string? bearer, Outside outside)
    {
        _spec = spec;
        var url = spec.Url!;
        // Wherever a redirection leads, it is not followed: it would take the token there.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            MaxConnectionsPerServer = Connections,
            MaxResponseHeadersLength = HeaderKilobytes,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = async (_, ct) =>
                await outside.ConnectAsync(
                    url.Scheme,
                    url.Host,
                    url.Port,
                    spec.Network!.MayBePrivate(url.Host, url.Port),
                    ct
                ),
        };
        _http = new HttpClient(new BoundedResponses(handler)) { Timeout = Timeout.InfiniteTimeSpan };
        if (bearer is not null)
            _http.DefaultRequestHeaders.Authorization = new("Bearer", bearer);
    }

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

    public string LastWords => "";

    public bool ClosesAfterSession => true;

    /// <summary>Every answer is bounded by itself.</summary>
    public void Ask() { }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>No answer is longer than a server's may be.</summary>
    private sealed class BoundedResponses(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var response = await base.SendAsync(request, cancellationToken);
            var content = new StreamContent(new McpStream(await response.Content.ReadAsStreamAsync(cancellationToken)));
            foreach (var (name, values) in response.Content.Headers)
                content.Headers.TryAddWithoutValidation(name, values);
            response.Content = content;
            return response;
        }
    }
}
