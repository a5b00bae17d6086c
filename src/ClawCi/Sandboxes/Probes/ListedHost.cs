using System.Net;
using System.Net.Sockets;
using ClawCi.Sandboxes.Egress;

namespace ClawCi.Sandboxes.Probes;

/// <summary>
/// Somebody on this machine whom a sandbox may reach, under a name that only this resolver knows; and names on the list
/// that lead where nothing may lead. Nothing of it needs a network.
/// </summary>
internal sealed class ListedHost : IAsyncDisposable
{
    public const string Name = "listed.test";
    public const string Private = "private.test";
    public const string Metadata = "metadata.test";
    public const string Loopback = "loopback.test";
    public const string Greeting = "somebody is here";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    public ListedHost()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public NetworkAccess Access =>
        new([Rule(Name, Port), Rule(Private, 443), Rule(Metadata, 80), Rule(Loopback, Port)], []);

    public EgressSettings Egress =>
        new(
            new Outside(
                (host, _) => Task.FromResult<IPAddress[]>([Address(host)]),
                // Somebody on this machine stands for a host outside, and nobody else on it does.
                new AddressGuard(
                    new HashSet<IPAddress>(),
                    new HashSet<IPEndPoint> { (IPEndPoint)_listener.LocalEndpoint }
                ),
                proxyTo: _ => null
            ),
            EgressLimits.Default,
            Report: (_, _) => { },
            Warn: _ => { },
            TimeProvider.System
        );

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving;
    }

    private static IPAddress Address(string host) =>
        host switch
        {
            Name => IPAddress.Loopback,
            Private => IPAddress.Parse("10.0.0.1"),
            Metadata => IPAddress.Parse("169.254.169.254"),
            Loopback => IPAddress.Parse("127.0.0.2"),
            _ => throw new SocketException((int)SocketError.HostNotFound),
        };

    private static HostRule Rule(string host, int port) => new(host, host, IsSuffix: false, [port]);

    /// <summary>Whoever says anything is greeted.</summary>
    private async Task ServeAsync()
    {
        var heard = new byte[1];
        while (true)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync();
                var stream = client.GetStream();
                if (await stream.ReadAsync(heard) > 0)
                    await stream.WriteAsync(Bytes(Greeting));
            }
            catch (IOException)
            {
                // That one went away.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.ASCII.GetBytes(text);
}
