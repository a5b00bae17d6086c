using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using ClawCi.Sandboxes.Egress;
using Xunit;

namespace ClawCi.Tests.Egress;

public sealed class TlsTests
{
    private static readonly string[] Allowed = ["allowed.test:PORT", "github"];

    private static readonly byte[] Alert = [21, 3, 3, 0, 2, 2, 49];

    [Fact]
    public async Task An_allowed_host_is_reached_end_to_end()
    {
        await using var gateway = new Gateway(Allowed);
        await using (var secure = await GreetAsync(gateway, "allowed.test"))
            Assert.Contains("origin saw /x", await GetAsync(secure, "/x"));
        var use = await gateway.UseAsync();
        Assert.True(use.IsAllowed);
        Assert.Equal("allowed.test", use.Host);
        Assert.InRange(use.BytesUp, 100, 20_000);
        Assert.InRange(use.BytesDown, 500, 20_000);
    }

    [Fact]
    public async Task A_hello_in_pieces_of_one_byte_is_understood()
    {
        await using var gateway = new Gateway(Allowed);
        await using var tunnel = await gateway.TunnelAsync("ALLOWED.test.:PORT");
        await using var slow = new PieceByPiece(tunnel);
        await using var secure = new SslStream(
            slow,
            false,
            (_, certificate, _, _) => certificate!.Issuer == "CN=test authority"
        );
        await secure.AuthenticateAsClientAsync("allowed.test");
        Assert.Contains("origin saw /", await GetAsync(secure, "/"));
    }

    [Fact]
    public async Task Client_and_origin_agree_on_HTTP_2_and_the_proxy_has_no_part_in_it()
    {
        await using var gateway = new Gateway(Allowed);
        await using var secure = new SslStream(
            await gateway.TunnelAsync("allowed.test:PORT"),
            false,
            (_, certificate, _, _) => certificate!.Issuer == "CN=test authority"
        );
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "allowed.test",
                ApplicationProtocols = [SslApplicationProtocol.Http2],
            },
            TestContext.Current.CancellationToken
        );
        Assert.Equal(SslApplicationProtocol.Http2, secure.NegotiatedApplicationProtocol);
        // What an HTTP/2 connection begins with.
        await secure.WriteAsync("PRI * HTTP/2.0\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal(1, await secure.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        Assert.Contains("PRI * HTTP/2.0", gateway.Origin.Requests.Single());
    }

    [Theory]
    [InlineData("other.test")]
    [InlineData("allowed.test.evil.test")]
    public async Task Another_server_name_is_domain_fronting_and_refused(string name)
    {
        await using var gateway = new Gateway(Allowed);
        await Assert.ThrowsAnyAsync<Exception>(() => GreetAsync(gateway, name));
        Assert.Empty(gateway.Origin.Requests);
        Assert.Equal(("sni", 0L), await RefusedAsync(gateway));
    }

    [Fact]
    public async Task A_hello_without_a_server_name_is_refused()
    {
        await using var gateway = new Gateway(Allowed);
        // An address is never sent as a server name.
        await Assert.ThrowsAnyAsync<Exception>(() => GreetAsync(gateway, "127.0.0.1"));
        Assert.Equal(("sni", 0L), await RefusedAsync(gateway));
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: allowed.test\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0000\u0004\u0002\u0000\u0000\u0000")]
    [InlineData("\u0080\u002e\u0001\u0003\u0001")]
    public async Task What_is_not_TLS_does_not_pass_through_CONNECT(string bytes)
    {
        await using var gateway = new Gateway(Allowed);
        await using var tunnel = await gateway.TunnelAsync("allowed.test:PORT");
        await tunnel.WriteAsync(Encoding.Latin1.GetBytes(bytes), TestContext.Current.CancellationToken);
        var answer = new byte[Alert.Length];
        await tunnel.ReadExactlyAsync(answer, TestContext.Current.CancellationToken);
        Assert.Equal(Alert, answer);
        Assert.Equal(("tls", 0L), await RefusedAsync(gateway));
    }

    [Fact]
    public async Task A_client_that_never_says_hello_is_let_go()
    {
        await using var gateway = new Gateway(
            Allowed,
            EgressLimits.Default with
            {
                HelloTime = TimeSpan.FromMilliseconds(200),
            }
        );
        await using var tunnel = await gateway.TunnelAsync("allowed.test:PORT");
        await tunnel.ReadExactlyAsync(new byte[Alert.Length], TestContext.Current.CancellationToken);
        Assert.Equal(("tls", 0L), await RefusedAsync(gateway));
    }

    [Theory]
    [InlineData("allowed.test:22")]
    [InlineData("other.test:PORT")]
    [InlineData("github.com:22")]
    [InlineData("evil.github.com:443")]
    [InlineData("127.0.0.1:PORT")]
    public async Task A_host_or_port_that_no_rule_names_is_not_connected(string authority)
    {
        await using var gateway = new Gateway(Allowed);
        var answer = await gateway.AskAsync($"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 403 Refused by claw-ci, rule network: ", answer);
        Assert.Equal(("network", 0L), await RefusedAsync(gateway));
        Assert.Equal(0, gateway.Origin.Connections);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.8.8")]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.5")]
    [InlineData("172.31.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("168.63.129.16")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("2001:0:1::1")]
    [InlineData("fe80::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fc00::1")]
    [InlineData("ff02::1")]
    public async Task A_name_that_leads_inside_is_refused_whatever_the_address_is_dressed_as(string address)
    {
        await using var gateway = new Gateway(["inside.test"]);
        gateway.Name("inside.test", address);
        Assert.Contains("rule address", await gateway.AskAsync("CONNECT inside.test:443 HTTP/1.1\r\n\r\n"));
        Assert.Contains(
            "rule address",
            await gateway.AskAsync("GET http://inside.test/ HTTP/1.1\r\nHost: inside.test\r\n\r\n")
        );
    }

    [Fact]
    public async Task A_name_is_resolved_once_and_the_address_that_was_judged_is_the_one_connected_to()
    {
        await using var gateway = new Gateway(["allowed.test:PORT"]);
        gateway.Name("allowed.test", "127.0.0.1", "169.254.169.254");
        await using (var secure = await GreetAsync(gateway, "allowed.test"))
            Assert.Contains("origin saw /", await GetAsync(secure, "/"));
        Assert.Equal(1, gateway.Lookups);
        // And when it has rebound, the next connection is judged by where it leads now.
        Assert.Contains("rule address", await gateway.AskAsync("CONNECT allowed.test:PORT HTTP/1.1\r\n\r\n"));
    }

    [Fact]
    public async Task A_private_address_is_reached_only_when_a_policy_named_host_and_port()
    {
        await using var gateway = new Gateway(
            ["nexus.test:1", "10.255.255.1:1", "loop.test:1"],
            EgressLimits.Default with
            {
                ConnectTime = TimeSpan.FromMilliseconds(100),
            },
            mayBePrivate: ["nexus.test:1", "10.255.255.1:1", "loop.test:1"]
        );
        gateway.Name("nexus.test", "10.255.255.1");
        gateway.Name("loop.test", "127.0.0.1");
        // Whether anybody answers there depends on the machine; no rule stands in the way.
        Assert.DoesNotContain("403", await gateway.AskAsync("CONNECT nexus.test:1 HTTP/1.1\r\n\r\n"));
        Assert.DoesNotContain("403", await gateway.AskAsync("CONNECT 10.255.255.1:1 HTTP/1.1\r\n\r\n"));
        Assert.Contains("rule address", await gateway.AskAsync("CONNECT loop.test:1 HTTP/1.1\r\n\r\n"));
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_unreachable_and_no_refusal()
    {
        await using var gateway = new Gateway(["missing.test"]);
        Assert.StartsWith(
            "HTTP/1.1 502 Unreachable",
            await gateway.AskAsync("CONNECT missing.test:443 HTTP/1.1\r\n\r\n")
        );
        var use = await gateway.UseAsync();
        Assert.True(use.IsAllowed);
        Assert.Contains("no such host", use.Problem);
    }

    [Fact]
    public async Task A_connection_without_a_byte_for_too_long_ends()
    {
        await using var gateway = new Gateway(Allowed, EgressLimits.Default with { Idle = TimeSpan.FromSeconds(2) });
        await using var secure = await GreetAsync(gateway, "allowed.test");
        Assert.Equal(0, await secure.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        Assert.Equal("idle for too long", (await gateway.UseAsync()).Problem);
    }

    private static async Task<SslStream> GreetAsync(Gateway gateway, string serverName)
    {
        var secure = new SslStream(
            await gateway.TunnelAsync("allowed.test:PORT"),
            false,
            (_, certificate, _, _) => certificate!.Issuer == "CN=test authority"
        );
        await secure.AuthenticateAsClientAsync(serverName);
        return secure;
    }

    private static async Task<string> GetAsync(Stream stream, string path)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: allowed.test\r\n\r\n"));
        var buffer = new byte[4096];
        var text = "";
        while (!text.Contains("origin saw", StringComparison.Ordinal))
            text += Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer));
        return text;
    }

    private static async Task<(string Rule, long Up)> RefusedAsync(Gateway gateway)
    {
        var use = await gateway.UseAsync();
        Assert.False(use.IsAllowed);
        return (use.Rule, use.BytesUp);
    }

    /// <summary>Every byte in a segment of its own.</summary>
    private sealed class PieceByPiece(NetworkStream inner) : Stream
    {
        public override bool CanRead => true;
        public override bool CanWrite => true;
        public override bool CanSeek => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get; set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer, cancellationToken);

        public override async ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            for (var i = 0; i < buffer.Length; i++)
                await inner.Socket.SendAsync(buffer.Slice(i, 1), SocketFlags.None, cancellationToken);
        }

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) =>
            WriteAsync(buffer.AsMemory(offset, count)).AsTask().Wait();
    }
}
