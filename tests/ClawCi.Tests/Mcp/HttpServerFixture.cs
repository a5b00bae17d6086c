using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using ClawCi.Auth;
using ClawCi.Mcp;
using ClawCi.Sandboxes.Egress;
using ClawCi.Tools;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClawCi.Tests.Mcp;

/// <summary>A server over HTTP and the runner's side of it, which knows it as <c>mcp.test</c>.</summary>
internal sealed class HttpServerFixture : IAsyncDisposable
{
    private readonly McpHttpServer? _http;

    public HttpServerFixture(McpHttpServer http, McpServerSpec? spec = null, Outside? outside = null)
        : this(http.EndPoint, spec, outside) => _http = http;

    public HttpServerFixture(IPEndPoint endPoint, McpServerSpec? spec = null, Outside? outside = null)
    {
        var url = new Uri($"http://mcp.test:{endPoint.Port}/mcp");
        spec = (spec ?? Spec) with
        {
            Url = url,
            Network = new NetworkAccess(HostRuleReader.Read($"mcp.test:{url.Port}", out _)!, []),
        };
        outside ??= new Outside(
            (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]),
            new AddressGuard(new HashSet<IPAddress>(), new HashSet<IPEndPoint> { endPoint }),
            _ => null
        );
        Server = new McpServer(
            spec,
            _ => Task.FromResult<IMcpLink>(new HttpLink(spec, Credential, outside, Uses.Enqueue, Time)),
            () => { },
            Events,
            Time
        );
    }

    public static McpServerSpec Spec { get; } =
        new("far", Required: false, "task.yaml:1")
        {
            Headers = new Dictionary<string, string> { ["X-Team"] = "build" },
            StartTimeout = TimeSpan.FromSeconds(30),
            CallTimeout = TimeSpan.FromSeconds(30),
        };

    public McpHttpServer Http => _http!;

    public McpServer Server { get; }

    public ICredentialSource? Credential { get; init; } = new BearerToken("secret-token");

    public FakeTimeProvider Time { get; } = new();

    public RecordingObserver Events { get; } = new();

    public ConcurrentQueue<NetworkUse> Uses { get; } = [];

    public Task<ToolOutput> CallAsync(string tool, string input = "{}") =>
        Server.CallAsync(
            Server.Tools.Single(offered => offered.Name.Tool == tool),
            new ToolCall("call-1", tool, JsonElement.Parse(input)),
            TestContext.Current.CancellationToken
        );

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _http?.Dispose();
    }
}
