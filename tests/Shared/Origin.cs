using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ClawCi.TestSupport;

/// <summary>
/// A server on this machine's loopback with a certificate of its own authority, good for several names. It answers TLS and plain
/// HTTP on one port, and notes the first line and the headers of every request.
/// </summary>
internal sealed class Origin : IAsyncDisposable
{
    public static readonly string[] Names = ["allowed.test", "other.test", "sub.wild.test"];

    /// <summary>One for all: to make it is what takes time.</summary>
    private static readonly (X509Certificate2 Leaf, string Authority) Certificate = Certify();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly Task _accepting;

    private Origin()
    {
        _listener.Start(512);
        _accepting = AcceptAsync();
    }

    /// <summary>The authority's certificate, PEM.</summary>
    public static string Authority => Certificate.Authority;

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    public int Port => EndPoint.Port;

    /// <summary>Heads of requests, in the order they came.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>Connections accepted, whatever came over them.</summary>
    public int Connections => _connections;

    private int _connections;

    public static Origin Start() => new();

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _over.Dispose();
    }

    private static (X509Certificate2, string) Certify()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=test authority", key, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var from = DateTimeOffset.UtcNow.AddDays(-1);
        using var root = authority.CreateSelfSigned(from, from.AddDays(10));
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var leaf = new CertificateRequest("CN=origin", leafKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in Names)
            names.AddDnsName(name);
        leaf.CertificateExtensions.Add(names.Build());
        using var signed = leaf.Create(root, from, from.AddDays(5), [1, 2, 3, 4]);
        using var complete = signed.CopyWithPrivateKey(leafKey);
        var certificate = X509CertificateLoader.LoadPkcs12(complete.Export(X509ContentType.Pkcs12), null);
        return (certificate, root.ExportCertificatePem());
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_over.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException) { }
    }

    private async Task ServeAsync(TcpClient client)
    {
        Interlocked.Increment(ref _connections);
        using var _ = client;
        try
        {
            Stream stream = client.GetStream();
            var first = new byte[1];
            if (await client.Client.ReceiveAsync(first, SocketFlags.Peek) == 0)
                return;
            if (first[0] == 22)
            {
                var secure = new SslStream(stream);
                await secure.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions
                    {
                        ServerCertificate = Certificate.Leaf,
                        ApplicationProtocols = [SslApplicationProtocol.Http11, SslApplicationProtocol.Http2],
                    },
                    _over.Token
                );
                stream = secure;
            }
            while (await HeadAsync(stream) is { } head)
            {
                Requests.Enqueue(head);
                if (!await AnswerAsync(stream, head))
                    return;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException) { }
    }

    private static async Task<string?> HeadAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one) == 1)
        {
            head.Append((char)one[0]);
            if (one[0] == '\n' && head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
                return head.ToString();
        }
        return null;
    }

    private static async Task<bool> AnswerAsync(Stream stream, string head)
    {
        var target = head.Split(' ')[1];
        if (Length(head) is > 0 and var length)
        {
            var left = length;
            var buffer = new byte[65536];
            while (
                left > 0
                && await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length))) is > 0 and var read
            )
                left -= read;
        }
        if (target.StartsWith("/big/", StringComparison.Ordinal))
        {
            var size = long.Parse(target[5..]);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n"));
            var block = new byte[1 << 16];
            for (; size > 0; size -= block.Length)
                await stream.WriteAsync(block.AsMemory(0, (int)Math.Min(size, block.Length)));
            return true;
        }
        if (target == "/redirect")
        {
            await stream.WriteAsync(
                "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\nContent-Length: 0\r\n\r\n"u8.ToArray()
            );
            return true;
        }
        var body = $"origin saw {target}";
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                target == "/chunked"
                    ? $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n"
                    : $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nX-Origin: yes\r\n\r\n{body}"
            )
        );
        return true;
    }

    private static long Length(string head) =>
        head.Split("\r\n")
            .Where(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            .Select(line => long.Parse(line[15..]))
            .FirstOrDefault();
}
