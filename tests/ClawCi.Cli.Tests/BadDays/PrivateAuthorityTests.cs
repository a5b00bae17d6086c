using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>An endpoint, such as a company's gateway, whose certificate only its own authority vouches for.</summary>
public sealed class PrivateAuthorityTests
{
    [Fact]
    public async Task A_private_authority_is_trusted_when_SSL_CERT_FILE_names_it()
    {
        using var files = new TempDirectory();
        using var gateway = new Gateway();
        using var day = new BadDay().Task("limits: { timeout: 20s }");
        day.Environment["ANTHROPIC_BASE_URL"] = gateway.Url;
        day.Environment["ANTHROPIC_API_KEY"] = "sk-test";
        day.Environment["SSL_CERT_FILE"] = files.Write("ca.pem", gateway.Authority);
        var ending = await day.RunAsync("--model=anthropic/claude-sonnet-4-5");
        await ending.IsAsync(17, "auth-failed", "model-credentials");
        Assert.StartsWith("POST /v1/messages", await gateway.Request);
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

    /// <summary>Takes one request over TLS and refuses its key.</summary>
    private sealed class Gateway : IDisposable
    {
        private readonly RSA _key = RSA.Create(2048);
        private readonly X509Certificate2 _certificate;
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Gateway()
        {
            var request = new CertificateRequest(
                "CN=localhost",
                _key,
                HashAlgorithmName.SHA256,
                RSASignaturePadding.Pkcs1
            );
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            var now = DateTimeOffset.UtcNow;
            _certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
            _listener.Start();
            Request = AnswerAsync();
        }

        public string Url => $"https://localhost:{((IPEndPoint)_listener.LocalEndpoint).Port}";

        public string Authority => _certificate.ExportCertificatePem();

        /// <summary>The start of the request.</summary>
        public Task<string> Request { get; }

        private async Task<string> AnswerAsync()
        {
            var stop = TestContext.Current.CancellationToken;
            using var client = await _listener.AcceptTcpClientAsync(stop);
            await using var stream = new SslStream(client.GetStream());
            await stream.AuthenticateAsServerAsync(_certificate);
            var buffer = new byte[64 * 1024];
            var read = await stream.ReadAsync(buffer, stop);
            await stream.WriteAsync(
                "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"u8.ToArray(),
                stop
            );
            var start = System.Text.Encoding.ASCII.GetString(buffer, 0, read);
            await stream.ShutdownAsync();
            try
            {
                // The rest of the request: a connection that is closed over unread bytes is reset, and takes the answer along.
                while (await stream.ReadAsync(buffer, stop) > 0) { }
            }
            catch (IOException)
            {
                // Whoever asked has the answer and is gone.
            }
            return start;
        }

        public void Dispose()
        {
            _listener.Dispose();
            _certificate.Dispose();
            _key.Dispose();
        }
    }
}
