using System.Net.Sockets;
using System.Text;
using ClawCi.Sandboxes.Egress;
using Xunit;

namespace ClawCi.Tests.Egress;

/// <summary>T-numbers are those of the threat list.</summary>
public sealed class PlainHttpTests
{
    private static readonly string[] Allowed = ["allowed.test:PORT", "*.wild.test:PORT"];

    [Fact]
    public async Task An_allowed_request_is_answered_by_the_origin_and_reported_with_its_rule()
    {
        await using var gateway = new Gateway(Allowed);
        var answer = await gateway.AskAsync(
            "GET http://allowed.test:PORT/a/../b%7e?x=1 HTTP/1.1\r\nHost: allowed.test:PORT\r\nX-Mine: 1\r\nProxy-Authorization: secret\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\n\r\n"
        );
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer);
        Assert.Contains("X-Origin: yes", answer);
        Assert.EndsWith("origin saw /a/../b%7e?x=1", answer);
        var seen = Assert.Single(gateway.Origin.Requests);
        Assert.Contains("X-Mine: 1", seen);
        Assert.DoesNotContain("secret", seen);
        Assert.DoesNotContain("X-Hop", seen);
        var use = await gateway.UseAsync();
        Assert.True(use.IsAllowed);
        Assert.Equal(("allowed.test", gateway.Origin.Port), (use.Host, use.Port));
        Assert.Equal($"allowed.test:{gateway.Origin.Port}", use.Rule);
        Assert.InRange(use.BytesUp, 40, 400);
        Assert.InRange(use.BytesDown, 60, 400);
    }

    [Fact]
    public async Task A_refusal_says_which_host_which_rule_and_what_is_allowed()
    {
        await using var gateway = new Gateway(["nuget", "*.wild.test:PORT"]);
        var answer = await gateway.AskAsync("GET http://evil.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 403 Refused by claw-ci, rule network: evil.test:80\r\n", answer);
        Assert.Contains("claw-ci: evil.test:80 is not allowed by any rule", answer);
        Assert.Contains($"nuget, *.wild.test:{gateway.Origin.Port}", answer);
        var use = await gateway.UseAsync();
        Assert.False(use.IsAllowed);
        Assert.Equal(("evil.test", 80, "network"), (use.Host, use.Port, use.Rule));
        Assert.Equal(0, gateway.Lookups);
    }

    [Fact]
    public async Task Every_request_of_a_connection_is_judged()
    {
        await using var gateway = new Gateway(Allowed);
        const string Good = "GET http://allowed.test:PORT/1 HTTP/1.1\r\nHost: allowed.test:PORT\r\n\r\n";
        const string Bad = "GET http://other.test:PORT/2 HTTP/1.1\r\nHost: other.test:PORT\r\n\r\n";
        var answer = await gateway.AskAsync(Good + Good + Bad + Good);
        Assert.Equal(2, answer.Split("origin saw /1").Length - 1);
        Assert.Equal(1, answer.Split("403 Refused").Length - 1);
        Assert.Equal(2, gateway.Origin.Requests.Count);
        Assert.Equal(1, gateway.Origin.Connections);
        await gateway.OverAsync();
        Assert.Equal([true, false], gateway.Uses.Select(use => use.IsAllowed).OrderDescending());
    }

    [Theory]
    [InlineData("sub.wild.test", true)]
    [InlineData("SUB.Wild.Test.", true)]
    [InlineData("wild.test", false)]
    [InlineData("evilwild.test", false)]
    public async Task A_suffix_is_whole_labels_below_it(string host, bool allowed)
    {
        await using var gateway = new Gateway(Allowed);
        var answer = await gateway.AskAsync($"GET http://{host}:PORT/ HTTP/1.1\r\nHost: {host}:PORT\r\n\r\n");
        Assert.Contains(allowed ? "200 OK" : "403 Refused", answer);
    }

    [Fact]
    public async Task A_redirect_to_the_metadata_service_is_handed_back_and_not_followed()
    {
        await using var gateway = new Gateway(Allowed);
        var answer = await gateway.AskAsync(
            "GET http://allowed.test:PORT/redirect HTTP/1.1\r\nHost: allowed.test:PORT\r\n\r\n"
                + "GET http://169.254.169.254/latest/ HTTP/1.1\r\nHost: 169.254.169.254\r\n\r\n"
        );
        Assert.Contains("302 Found", answer);
        Assert.Contains("403 Refused by claw-ci, rule network: 169.254.169.254:80", answer);
        Assert.Single(gateway.Origin.Requests);
    }

    [Fact]
    public async Task Bodies_go_up_and_down_in_either_framing()
    {
        await using var gateway = new Gateway(Allowed);
        const string Head = "POST http://allowed.test:PORT/chunked HTTP/1.1\r\nHost: allowed.test:PORT\r\n";
        var answer = await gateway.AskAsync(
            $"{Head}Content-Length: 5\r\n\r\nhello{Head}Content-Length: 0\r\nContent-Type: a/b\r\n\r\nHEAD http://allowed.test:PORT/ HTTP/1.1\r\nHost: allowed.test:PORT\r\n\r\n"
        );
        Assert.Equal(2, answer.Split("Transfer-Encoding: chunked").Length - 1);
        Assert.Equal(2, answer.Split("origin saw /chunked\r\n0\r\n\r\n").Length - 1);
        Assert.Contains("Content-Type: a/b", gateway.Origin.Requests.ElementAt(1));
        Assert.EndsWith("Content-Length: 12\r\n\r\n", answer);
    }

    public static TheoryData<string, string> Smuggled() =>
        new()
        {
            { "two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello" },
            { "length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
            { "a list of codings", "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" },
            { "an odd coding", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" },
            { "a signed length", "Content-Length: +5\r\n\r\nhello" },
            { "a folded header", "X-A: 1\r\n Transfer-Encoding: chunked\r\n\r\n" },
            { "a space before the colon", "Transfer-Encoding : chunked\r\n\r\n" },
            { "a bare line feed", "X-A: 1\nTransfer-Encoding: chunked\r\n\r\n" },
            { "a bare carriage return", "X-A: 1\rTransfer-Encoding: chunked\r\n\r\n" },
            { "a NUL", "X-A: 1\0\r\n\r\n" },
            { "a second host", "Host: other.test:PORT\r\n\r\n" },
        };

    [Theory]
    [MemberData(nameof(Smuggled), DisableDiscoveryEnumeration = true)]
    public async Task What_two_programs_could_read_in_two_ways_is_refused(string what, string rest)
    {
        Assert.NotEmpty(what);
        await using var gateway = new Gateway(Allowed);
        var answer = await gateway.AskAsync(
            "POST http://allowed.test:PORT/ HTTP/1.1\r\nHost: allowed.test:PORT\r\n" + rest
        );
        Assert.StartsWith("HTTP/1.1 400 ", answer);
        Assert.Empty(gateway.Origin.Requests);
        Assert.Equal("http", (await gateway.UseAsync()).Rule);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: allowed.test:PORT\r\n\r\n")]
    [InlineData("GET http://allowed.test:PORT/ HTTP/1.1\r\n\r\n")]
    [InlineData("GET http://allowed.test:PORT/ HTTP/1.1\r\nHost: other.test:PORT\r\n\r\n")]
    [InlineData("GET http://allowed.test:PORT/ HTTP/1.1\r\nHost: allowed.test\r\n\r\n")]
    [InlineData("GET http://user@allowed.test:PORT/ HTTP/1.1\r\nHost: allowed.test:PORT\r\n\r\n")]
    [InlineData("GET http://other.test@allowed.test:PORT/ HTTP/1.1\r\nHost: allowed.test:PORT\r\n\r\n")]
    [InlineData("GET http://allowed%2etest:PORT/ HTTP/1.1\r\nHost: allowed.test:PORT\r\n\r\n")]
    [InlineData("GET http://allowed.test\\@other.test:PORT/ HTTP/1.1\r\nHost: allowed.test:PORT\r\n\r\n")]
    [InlineData("GET http://xn--\u00fc.test/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET http://[::1]:PORT/ HTTP/1.1\r\nHost: [::1]:PORT\r\n\r\n")]
    [InlineData("GET http://[::ffff:127.0.0.1]:PORT/ HTTP/1.1\r\nHost: [::ffff:127.0.0.1]:PORT\r\n\r\n")]
    [InlineData("GET http://2130706433:PORT/ HTTP/1.1\r\nHost: 2130706433:PORT\r\n\r\n")]
    [InlineData("GET http://0177.0.0.1:PORT/ HTTP/1.1\r\nHost: 0177.0.0.1:PORT\r\n\r\n")]
    [InlineData("GET http://0x7f.1:PORT/ HTTP/1.1\r\nHost: 0x7f.1:PORT\r\n\r\n")]
    [InlineData("GET http://1.-b.wild.test:PORT/ HTTP/1.1\r\nHost: 1.-b.wild.test:PORT\r\n\r\n")]
    [InlineData("CONNECT 1.-b.wild.test:PORT HTTP/1.1\r\n\r\n")]
    [InlineData("GET ftp://allowed.test:PORT/ HTTP/1.1\r\nHost: allowed.test:PORT\r\n\r\n")]
    [InlineData("get http://allowed.test:PORT/ HTTP/1.1\r\nHost: allowed.test:PORT\r\n\r\n")]
    [InlineData("GET http://allowed.test:PORT/ HTTP/2.0\r\nHost: allowed.test:PORT\r\n\r\n")]
    [InlineData("CONNECT allowed.test HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT allowed.test:PORT:22 HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT user@allowed.test:PORT HTTP/1.1\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    public async Task A_request_whose_host_is_not_plain_is_refused(string request)
    {
        await using var gateway = new Gateway(Allowed);
        Assert.StartsWith("HTTP/1.1 400 ", await gateway.AskAsync(request));
        Assert.Equal(0, gateway.Origin.Connections);
        Assert.False((await gateway.UseAsync()).IsAllowed);
    }

    [Theory]
    [InlineData("X: {0}\r\n", 20_000, 1)]
    [InlineData("X: 1\r\n", 1, 200)]
    public async Task A_flood_of_headers_is_refused(string header, int length, int times)
    {
        await using var gateway = new Gateway(Allowed);
        var flood = string.Concat(Enumerable.Repeat(string.Format(header, new string('x', length)), times));
        var answer = await gateway.AskAsync(
            $"GET http://allowed.test:PORT/ HTTP/1.1\r\nHost: allowed.test:PORT\r\n{flood}\r\n"
        );
        Assert.StartsWith("HTTP/1.1 431 ", answer);
        Assert.Empty(gateway.Origin.Requests);
    }

    [Fact]
    public async Task A_client_that_never_ends_its_head_is_let_go()
    {
        await using var gateway = new Gateway(
            Allowed,
            EgressLimits.Default with
            {
                HeadTime = TimeSpan.FromMilliseconds(200),
            }
        );
        using var socket = await gateway.ConnectAsync();
        await socket.SendAsync("GET http://allowed"u8.ToArray());
        Assert.Equal(0, await socket.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_upgrade_does_not_get_through()
    {
        await using var gateway = new Gateway(Allowed);
        await gateway.AskAsync(
            "GET http://allowed.test:PORT/ HTTP/1.1\r\nHost: allowed.test:PORT\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
        );
        Assert.DoesNotContain("websocket", Assert.Single(gateway.Origin.Requests));
    }

    [Fact]
    public async Task More_than_may_be_sent_is_not_sent()
    {
        await using var gateway = new Gateway(Allowed, EgressLimits.Default with { BytesUp = 1 << 20 });
        using var socket = await gateway.ConnectAsync();
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST http://allowed.test:{gateway.Origin.Port}/ HTTP/1.1\r\nHost: allowed.test:{gateway.Origin.Port}\r\nContent-Length: 8000000\r\n\r\n"
            ),
            TestContext.Current.CancellationToken
        );
        try
        {
            await stream.WriteAsync(new byte[8_000_000], TestContext.Current.CancellationToken);
        }
        catch (IOException) { }
        await gateway.OverAsync();
        Assert.Contains(gateway.Uses, use => use.Rule == "quota" || use.Problem?.Contains("may send 1 MiB") == true);
        Assert.All(gateway.Uses, use => Assert.InRange(use.BytesUp, 0, 1 << 20));
    }

    [Fact]
    public async Task More_than_may_be_received_ends_and_is_told()
    {
        await using var gateway = new Gateway(Allowed, EgressLimits.Default with { BytesDown = 1 << 20 });
        var answer = await gateway.AskAsync(
            "GET http://allowed.test:PORT/big/8000000 HTTP/1.1\r\nHost: allowed.test:PORT\r\n\r\n"
        );
        Assert.InRange(answer.Length, 1, 2 << 20);
        Assert.Contains("may receive 1 MiB", (await gateway.UseAsync()).Problem);
    }

    [Fact]
    public async Task A_thousand_connections_are_served_up_to_the_quota_and_told_of_once()
    {
        await using var gateway = new Gateway(Allowed, EgressLimits.Default with { Connections = 900 });
        const string Request = "GET http://allowed.test:PORT/ HTTP/1.1\r\nHost: allowed.test:PORT\r\n\r\n";
        var answers = new List<string>();
        for (var batch = 0; batch < 10; batch++)
            answers.AddRange(await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => gateway.AskAsync(Request))));
        Assert.Equal(900, answers.Count(answer => answer.Contains("200 OK", StringComparison.Ordinal)));
        Assert.Equal(100, answers.Count(answer => answer.Contains("rule quota", StringComparison.Ordinal)));
        await gateway.OverAsync();
        Assert.Equal(1, gateway.Uses.Count(use => !use.IsAllowed));
    }
}
