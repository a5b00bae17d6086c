using System.Net;
using System.Text.Json;
using ClawCi.Mcp;
using ClawCi.Sandboxes.Egress;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClawCi.Tests.Mcp;

/// <summary>Servers over HTTP: asked by the runner, under the rules for what a task may reach.</summary>
public sealed class HttpServerTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private static readonly JsonElement Nothing = JsonElement.Parse("{}");

    [Fact]
    public async Task A_server_is_asked_with_its_headers_and_its_token()
    {
        using var http = new McpHttpServer();
        await using var server = Server(http);
        await server.StartAsync(Ct);
        Assert.Null(server.Problem);
        Assert.Equal(["hello", "elsewhere", "endless"], server.Tools.Select(tool => tool.Name.Tool));
        Assert.Equal("hello from afar", (await server.CallAsync("hello", Nothing, Ct)).Text);
        Assert.All(http.Requests, request => Assert.EndsWith(" /mcp Bearer secret-token build", request));
    }

    [Fact]
    public async Task A_redirection_is_not_followed_so_that_the_token_goes_nowhere_else()
    {
        using var http = new McpHttpServer();
        await using var server = Server(http);
        await server.StartAsync(Ct);
        Assert.True((await server.CallAsync("elsewhere", Nothing, Ct)).IsError);
        Assert.DoesNotContain(http.Requests, request => request.Contains("/stolen", StringComparison.Ordinal));
        Assert.Equal("hello from afar", (await server.CallAsync("hello", Nothing, Ct)).Text);
    }

    [Fact]
    public async Task An_answer_without_end_is_given_up()
    {
        using var http = new McpHttpServer();
        await using var server = Server(http);
        await server.StartAsync(Ct);
        Assert.True((await server.CallAsync("endless", Nothing, Ct)).IsError);
        Assert.Equal("hello from afar", (await server.CallAsync("hello", Nothing, Ct)).Text);
    }

    [Fact]
    public async Task What_no_sandbox_may_reach_the_runner_does_not_ask_either()
    {
        using var http = new McpHttpServer();
        await using var server = Server(
            http,
            new Outside(
                (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]),
                AddressGuard.OfThisMachine(),
                _ => null
            )
        );
        await server.StartAsync(Ct);
        Assert.Contains("leads to an address that no sandbox may reach", server.Problem, StringComparison.Ordinal);
        Assert.Empty(http.Requests);
    }

    private static McpServer Server(McpHttpServer http, Outside? outside = null)
    {
        var url = new Uri($"http://mcp.test:{http.EndPoint.Port}/mcp");
        var spec = new McpServerSpec("far", Required: false, "task.yaml:1")
        {
            Url = url,
            Network = new NetworkAccess(HostRuleReader.Read($"mcp.test:{url.Port}", out _)!, []),
            Headers = new Dictionary<string, string> { ["X-Team"] = "build" },
            StartTimeout = TimeSpan.FromSeconds(30),
            CallTimeout = TimeSpan.FromSeconds(30),
        };
        outside ??= new Outside(
            (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]),
            new AddressGuard(new HashSet<IPAddress>(), new HashSet<IPEndPoint> { http.EndPoint }),
            _ => null
        );
        return new McpServer(
            spec,
            _ => Task.FromResult<IMcpLink>(new HttpLink(spec, "secret-token", outside)),
            () => { },
            new RecordingObserver(),
            new FakeTimeProvider()
        );
    }
}
