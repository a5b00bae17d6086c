using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace ClawCi.Sandboxes.Probes;

/// <summary>Somebody on the runner's machine who would answer: a port on every address, and a socket with a name and no file.</summary>
internal sealed class HostListener : IDisposable
{
    private readonly TcpListener _port = new(IPAddress.Any, 0);
    private readonly Socket _abstract = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public HostListener(string name)
    {
        _port.Start();
        _abstract.Bind(new UnixDomainSocketEndPoint('\0' + name));
        _abstract.Listen();
    }

    public bool WasReached => _port.Pending() || _abstract.Poll(0, SelectMode.SelectRead);

    /// <summary>Addresses of this machine with the port.</summary>
    public IReadOnlyList<string> Endpoints =>
        [
            .. NetworkInterface
                .GetAllNetworkInterfaces()
                .SelectMany(card => card.GetIPProperties().UnicastAddresses)
                .Select(address => address.Address)
                .Where(address => address.AddressFamily == AddressFamily.InterNetwork)
                .Append(IPAddress.Parse("172.17.0.1"))
                .Distinct()
                .Select(address => $"{address}:{((IPEndPoint)_port.LocalEndpoint).Port}"),
        ];

    public void Dispose()
    {
        _port.Dispose();
        _abstract.Dispose();
    }
}
