using System.Net;
using System.Net.Sockets;

namespace ClawCi.Sandboxes.Egress;

/// <summary>
/// How the runner reaches the world: one resolution, every address judged, and a connection to one of those judged.
/// </summary>
/// <param name="proxyTo">The runner's own proxy on the way to an address; null goes directly.</param>
internal sealed class Outside(
    Func<string, CancellationToken, Task<IPAddress[]>> resolve,
    AddressGuard guard,
    Func<Uri, Uri?> proxyTo
)
{
    public static Outside Of(Func<Uri, Uri?> proxyTo) =>
        new(
            (host, ct) =>
                IPAddress.TryParse(host, out var address)
                    ? Task.FromResult<IPAddress[]>([address])
                    : Dns.GetHostAddressesAsync(host, ct),
            AddressGuard.OfThisMachine(),
            proxyTo
        );

    /// <param name="scheme"><c>https</c> or <c>http</c>: which of the runner's proxies is asked.</param>
    /// <returns>A stream to the host and nobody else.</returns>
    /// <exception cref="EgressException">No such host, one that must not be reached, or nobody there.</exception>
    public async Task<Stream> ConnectAsync(
        string scheme,
        string host,
        int port,
        bool mayBePrivate,
        CancellationToken ct
    )
    {
        try
        {
            var addresses = await ResolveAsync(host, port, mayBePrivate, ct);
            if (proxyTo(new Uri($"{scheme}://{host}:{port}")) is { } proxy)
                return await UpstreamProxy.ConnectAsync(proxy, host, port, ct);
            if (addresses.Length == 0)
                throw EgressException.Unreachable("there is no such host");
            return await ConnectAsync(addresses, port, ct);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            throw EgressException.Unreachable(e.Message);
        }
    }

    public static async Task<Stream> ConnectAsync(IPAddress[] addresses, int port, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Behind a proxy the runner may not be able to resolve: then the proxy does, and answers for what it reaches.</summary>
    private async Task<IPAddress[]> ResolveAsync(string host, int port, bool mayBePrivate, CancellationToken ct)
    {
        IPAddress[] addresses;
        try
        {
            addresses = await resolve(host, ct);
        }
        catch (SocketException)
        {
            return [];
        }
        // One bad address spoils them all: which of them would be tried is not ours to say.
        var kind = addresses.Length == 0 ? AddressKind.Public : addresses.Max(address => guard.Judge(address, port));
        if (kind == AddressKind.Forbidden)
            throw new EgressException("address", "leads to an address that no sandbox may reach");
        if (kind == AddressKind.Private && !mayBePrivate)
            throw new EgressException(
                "address",
                "leads into a private network. A policy file can allow it by naming host and port in `network.private`"
            );
        return addresses;
    }
}
