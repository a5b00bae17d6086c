using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>Hosts, such as a company's gateway, whose certificate only its own authority vouches for.</summary>
public sealed class PrivateAuthorityTests
{
    [Fact]
    public async Task A_private_authority_is_trusted_when_SSL_CERT_FILE_names_it()
    {
        using var files = new TempDirectory();
        using var gateway = new Gateway("localhost", "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n");
        using var day = new BadDay().Task("limits: { timeout: 20s }");
        day.Environment["ANTHROPIC_BASE_URL"] = gateway.Url;
        day.Environment["ANTHROPIC_API_KEY"] = "sk-test";
        day.Environment["SSL_CERT_FILE"] = files.Write("ca.pem", gateway.Authority);
        var ending = await day.RunAsync("--model=anthropic/claude-sonnet-4-5");
        await ending.IsAsync(17, "auth-failed", "model-credentials");
        Assert.StartsWith("POST /v1/messages", await gateway.Request);
    }

    [Theory]
    [InlineData(true, "expect: { tool-result-is-error: false, tool-result-contains: The word is xyzzy }")]
    [InlineData(false, "expect: { tool-result-is-error: true, tool-result-contains: could not be fetched }")]
    public async Task A_page_comes_through_the_runners_proxy_and_from_who_is_trusted_alone(
        bool isTrusted,
        string expect
    )
    {
        using var files = new TempDirectory();
        using var proxy = new Gateway(
            "docs.test",
            "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 18\r\n",
            "The word is xyzzy.",
            isProxy: true
        );
        using var day = new BadDay().Task("expect-changes: false", "network: { allow: [docs.test] }");
        day.Policy("rules: [ { allow: web_fetch } ]")
            .Script(
                "tool-uses: [ { name: web_fetch, input: { url: 'https://docs.test/a' } } ]",
                $"{expect}, text: Done."
            );
        day.Environment["HTTPS_PROXY"] = $"http://runner:proxy-word-7361@127.0.0.1:{proxy.Port}";
        if (isTrusted)
            day.Environment["SSL_CERT_FILE"] = files.Write("ca.pem", proxy.Authority);

        await (await day.RunAsync()).IsAsync(0, "success");

        Assert.StartsWith("CONNECT docs.test:443 HTTP/1.1\r\n", await proxy.Connect, StringComparison.Ordinal);
        if (isTrusted)
            Assert.StartsWith("GET /a HTTP/1.1\r\nHost: docs.test\r\n", await proxy.Request, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "proxy-word-7361",
            await File.ReadAllTextAsync(day.Transcript, TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_file_of_authorities_that_is_not_there_is_said()
    {
        using var day = new BadDay();
        day.Environment["SSL_CERT_FILE"] = "/no/such/ca.pem";
        var ending = await day.RunAsync("--model=anthropic/claude-sonnet-4-5");
        Assert.Equal(3, ending.End.ExitCode);
        Assert.Contains("SSL_CERT_FILE names no file: /no/such/ca.pem", ending.Error);
    }

    /// <summary>Takes one request over TLS, as a host or as the proxy before it.</summary>
    private sealed class Gateway : IDisposable
    {
        private readonly RSA _key = RSA.Create(2048);
        private readonly X509Certificate2 _certificate;
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly string _answer;
        private readonly TaskCompletionSource<string> _connect = new();

        /// <param name="head">Of the answer: lines, each with its end.</param>
        public Gateway(string host, string head, string body = "", bool isProxy = false)
        {
            _answer = $"{head}connection: close\r\n\r\n{body}";
            var request = new CertificateRequest(
                $"CN={host}",
                _key,
                HashAlgorithmName.SHA256,
                RSASignaturePadding.Pkcs1
            );
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(host);
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            var now = DateTimeOffset.UtcNow;
            _certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
            _listener.Start();
            Request = AnswerAsync(isProxy);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public string Url => $"https://localhost:{Port}";

        public string Authority => _certificate.ExportCertificatePem();

        /// <summary>The start of the request.</summary>
        public Task<string> Request { get; }

        /// <summary>What a proxy was asked for.</summary>
        public Task<string> Connect => _connect.Task;

        private static CancellationToken Stop => TestContext.Current.CancellationToken;

        private async Task<string> AnswerAsync(bool isProxy)
        {
            using var client = await _listener.AcceptTcpClientAsync(Stop);
            var buffer = new byte[64 * 1024];
            if (isProxy)
            {
                _connect.SetResult(await ReadAsync(client.GetStream(), buffer));
                await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), Stop);
            }
            await using var stream = new SslStream(client.GetStream());
            await stream.AuthenticateAsServerAsync(_certificate);
            var start = await ReadAsync(stream, buffer);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(_answer), Stop);
            await stream.ShutdownAsync();
            try
            {
                // The rest of the request: a connection that is closed over unread bytes is reset, and takes the answer along.
                while (await stream.ReadAsync(buffer, Stop) > 0) { }
            }
            catch (IOException)
            {
                // Whoever asked has the answer and is gone.
            }
            return start;
        }

        private static async Task<string> ReadAsync(Stream stream, byte[] buffer) =>
            Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer, Stop));

        public void Dispose()
        {
            _listener.Dispose();
            _certificate.Dispose();
            _key.Dispose();
        }
    }
}
