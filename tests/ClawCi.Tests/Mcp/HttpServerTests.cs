using System.Net;
using ClawCi.Auth;
using ClawCi.Sandboxes.Egress;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Mcp;

/// <summary>Servers over HTTP: asked by the runner, under the rules for what a task may reach.</summary>
public sealed class HttpServerTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_is_asked_with_its_headers_and_its_token()
    {
        await using var far = new HttpServerFixture(new McpHttpServer());
        await far.Server.StartAsync(Ct);
        Assert.Null(far.Server.Problem);
        Assert.Contains("hello", far.Server.Tools.Select(tool => tool.Name.Tool));
        Assert.Equal("hello from afar", (await far.CallAsync("hello")).Text);
        Assert.All(far.Http.Requests, request => Assert.EndsWith(" /mcp Bearer secret-token build", request));
    }

    [Fact]
    public async Task A_redirection_is_not_followed_so_that_the_token_goes_nowhere_else()
    {
        await using var far = new HttpServerFixture(new McpHttpServer());
        await far.Server.StartAsync(Ct);
        Assert.True((await far.CallAsync("elsewhere")).IsError);
        Assert.DoesNotContain(far.Http.Requests, request => request.Contains("/stolen", StringComparison.Ordinal));
        Assert.Equal("hello from afar", (await far.CallAsync("hello")).Text);
    }

    [Fact]
    public async Task What_no_sandbox_may_reach_the_runner_does_not_ask_either()
    {
        await using var far = new HttpServerFixture(
            new McpHttpServer(),
            outside: new Outside(
                (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]),
                AddressGuard.OfThisMachine(),
                _ => null
            )
        );
        await far.Server.StartAsync(Ct);
        Assert.Contains("leads to an address that no sandbox may reach", far.Server.Problem, StringComparison.Ordinal);
        Assert.Empty(far.Http.Requests);
        Assert.All(far.Uses, use => Assert.Equal((false, "address"), (use.IsAllowed, use.Rule)));
        Assert.NotEmpty(far.Uses);
    }

    [Fact]
    public async Task Its_connections_are_told_of_like_those_of_sandboxes()
    {
        var far = new HttpServerFixture(new McpHttpServer());
        await using (far)
        {
            await far.Server.StartAsync(Ct);
            await far.CallAsync("hello");
        }
        Assert.All(far.Uses, use => Assert.Equal(("mcp.test", true), (use.Host, use.IsAllowed)));
        Assert.True(far.Uses.Sum(use => use.BytesUp) > 100);
        Assert.True(far.Uses.Sum(use => use.BytesDown) > 100);
    }

    [Fact]
    public async Task A_server_that_wants_a_token_is_not_there_and_it_is_said_what_to_do()
    {
        await using var far = new HttpServerFixture(new McpHttpServer { Token = "another" }) { Credential = null };
        await far.Server.StartAsync(Ct);
        Assert.Equal(
            "it does not answer as an MCP server: it answers 401 Unauthorized; name a secret that holds a token for it as `bearer`, "
                + $"or say `oauth: true` and get one with `claw-ci auth login --mcp http://mcp.test:{far.Http.EndPoint.Port}/mcp`",
            far.Server.Problem
        );
    }

    [Fact]
    public async Task A_token_that_is_refused_on_the_way_is_renewed_and_the_request_made_once_more()
    {
        using var directory = new TempDirectory(nameof(HttpServerTests));
        await using var endpoint = new ChaosServer(
            ChaosAnswers.Respond(200, """{"access_token":"second","refresh_token":"r2","expires_in":3600}""")
        );
        var file = new TokenFile(directory["token.json"], TimeProvider.System);
        var url = new Uri("https://mcp.test/mcp");
        file.Write(new StoredToken(1, StoredToken.Mcp, "first", "r1", null, null, endpoint.Url, "c", null, url));
        await using var far = new HttpServerFixture(new McpHttpServer { Token = "first" })
        {
            Credential = new OAuthCredential(
                file,
                new TokenEndpoint(_ => null, _ => { }, TimeProvider.System),
                _ => { },
                TimeProvider.System
            )
            {
                Resource = url,
            },
        };
        await far.Server.StartAsync(Ct);
        Assert.Equal("hello from afar", (await far.CallAsync("hello")).Text);
        far.Http.Token = "second";
        Assert.Equal("hello from afar", (await far.CallAsync("hello")).Text);
        Assert.Single(endpoint.Requests);
    }

    [Fact]
    public async Task A_server_that_breaks_off_costs_the_call_and_no_more()
    {
        await using var far = new HttpServerFixture(new McpHttpServer());
        await far.Server.StartAsync(Ct);
        Assert.True((await far.CallAsync("dies")).IsError);
        Assert.Equal("hello from afar", (await far.CallAsync("hello")).Text);
    }

    [Fact]
    public async Task An_answer_without_end_is_given_up()
    {
        await using var far = new HttpServerFixture(new McpHttpServer());
        await far.Server.StartAsync(Ct);
        var endless = await far.CallAsync("endless");
        Assert.True(endless.IsError);
        Assert.Contains("a message of more than 8 MiB", endless.Text, StringComparison.Ordinal);
        Assert.Equal("hello from afar", (await far.CallAsync("hello")).Text);
    }

    [Fact]
    public async Task Answers_whose_streams_are_never_ended_do_not_use_up_the_connections()
    {
        await using var far = new HttpServerFixture(new McpHttpServer());
        await far.Server.StartAsync(Ct);
        for (var i = 0; i < 12; i++)
            Assert.Equal("I stay", (await far.CallAsync("stays")).Text);
        Assert.Equal("hello from afar", (await far.CallAsync("hello")).Text);
    }

    [Fact]
    public async Task One_that_has_something_to_say_again_and_again_is_not_asked_for_it_without_end()
    {
        var chatter = $"id: 1\nretry: 0\n\n{string.Concat(Enumerable.Repeat(":\n", 11_000))}";
        await using var far = new HttpServerFixture(new McpHttpServer { Unasked = chatter });
        await far.Server.StartAsync(Ct);
        var said = far.Server.Problem;
        for (var i = 0; i < 200 && said is null; i++)
        {
            await Task.Delay(20, Ct);
            var answer = await far.CallAsync("hello");
            said = answer.IsError ? answer.Text : null;
        }
        Assert.Contains("that nobody asked for", said, StringComparison.Ordinal);
        var asked = far.Http.Requests.Count(request => request.StartsWith("GET", StringComparison.Ordinal));
        Assert.InRange(asked, 1, 200);
    }

    [Fact]
    public async Task A_call_during_which_nothing_comes_ends_before_its_time()
    {
        await using var far = new HttpServerFixture(
            new McpHttpServer(),
            HttpServerFixture.Spec with
            {
                IdleTimeout = TimeSpan.FromSeconds(7),
                CallTimeout = TimeSpan.FromHours(1),
            }
        );
        await far.Server.StartAsync(Ct);
        var call = far.CallAsync("hangs");
        while (!call.IsCompleted)
        {
            far.Time.Advance(TimeSpan.FromSeconds(7));
            await Task.WhenAny(call, Task.Delay(20, Ct));
        }
        Assert.Equal(
            "The MCP server far was silent for 7s. It may still be doing what it was asked.",
            (await call).Text
        );
    }
}
