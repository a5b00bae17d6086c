using System.Net;
using System.Net.Security;
using System.Text;

namespace ClawCi.Sandboxes.Egress;

/// <summary>A connection through the proxy that the runner itself must use.</summary>
internal static class UpstreamProxy
{
    private const int LongestAnswer = 16 << 10;

    /// <param name="proxy"><c>http:</c> or <c>https:</c>; user and password are for the proxy alone.</param>
    /// <exception cref="EgressException">It does not let us through.</exception>
    public static async Task<Stream> ConnectAsync(Uri proxy, string host, int port, CancellationToken ct)
    {
        var addresses = await Dns.GetHostAddressesAsync(proxy.IdnHost, ct);
        var stream = await Outside.ConnectAsync(addresses, proxy.Port, ct);
        try
        {
            if (proxy.Scheme == "https")
            {
                var secure = new SslStream(stream);
                stream = secure;
                await secure.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions { TargetHost = proxy.IdnHost },
                    ct
                );
            }
            await stream.WriteAsync(Request(proxy, host, port), ct);
            var status = await ReadAnswerAsync(stream, ct);
            return status.Split(' ') is [_, "200", ..]
                ? stream
                : throw EgressException.Unreachable($"the runner's own proxy answered {status.Trim()}");
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private static byte[] Request(Uri proxy, string host, int port)
    {
        var credentials =
            proxy.UserInfo.Length == 0
                ? ""
                : "Proxy-Authorization: Basic "
                    + Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(proxy.UserInfo)))
                    + "\r\n";
        return Encoding.ASCII.GetBytes($"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n{credentials}\r\n");
    }

    /// <summary>Byte by byte: what follows the head is the host's. Gives the first line.</summary>
    private static async Task<string> ReadAnswerAsync(Stream stream, CancellationToken ct)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (head.Length < LongestAnswer && await stream.ReadAsync(one, ct) == 1)
        {
            head.Append((char)one[0]);
            if (one[0] == '\n' && head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
                return head.ToString().Split("\r\n")[0];
        }
        throw EgressException.Unreachable("the runner's own proxy gave no answer");
    }
}
