using System.Buffers.Binary;
using System.Net;
using System.Text;
using ClawCi.ToolServer.Commands;

namespace ClawCi.ToolServer.Probes;

/// <summary>Attempts to speak to anything that is not in the sandbox.</summary>
internal static unsafe class NetworkProbes
{
    private const int Unix = 1;
    private const int Internet = 2;
    private const int Internet6 = 10;
    private const int Packet = 17;
    private const int Stream = 1;
    private const int Datagram = 2;
    private const int Raw = 3;
    private const int NonBlocking = 0x800;
    private const int NoEntry = 2;
    private const int NoAddressFamily = 97;
    private const int AddressNotAvailable = 99;
    private const int NetworkUnreachable = 101;
    private const int IsConnected = 106;
    private const int Already = 114;
    private const int InProgress = 115;
    private const short Writable = 4;
    private const int Patience = 2000;
    private const int ConnectionRefused = 111;

    /// <summary>No route may lead there. On the loopback, nobody may listen there.</summary>
    /// <param name="endpoints">Addresses with ports.</param>
    public static ProbeAnswer Connect(IEnumerable<string> endpoints) =>
        ProbeAnswer.All(endpoints.Select(text => (text, Connect(IPEndPoint.Parse(text)))));

    public static ProbeAnswer Send(IEnumerable<string> endpoints) =>
        ProbeAnswer.All(
            endpoints.Select(text =>
            {
                var address = Bytes(IPEndPoint.Parse(text));
                var socket = Kernel.Call(Kernel.Socket, Internet, Datagram);
                fixed (byte* to = address)
                fixed (byte* bytes = "?"u8)
                {
                    var sent = Kernel.Call(Kernel.SendTo, socket.Result, (nint)bytes, 1, 0, (nint)to, address.Length);
                    Kernel.Close(socket.Result);
                    return (text, ProbeAnswer.Refused(sent, NetworkUnreachable));
                }
            })
        );

    /// <summary>Sockets in the file system: a container engine's, in all its usual places.</summary>
    public static ProbeAnswer ConnectToSockets(IEnumerable<string> paths) =>
        ProbeAnswer.All(paths.Select(path => (path, ProbeAnswer.Refused(Connect(Unix, UnixAddress(path)), NoEntry))));

    /// <summary>A socket with a name and no file: only another network namespace is in its way.</summary>
    public static ProbeAnswer ConnectToAbstract(string name) =>
        ProbeAnswer.Refused(Connect(Unix, UnixAddress("\0" + name)), ConnectionRefused);

    public static ProbeAnswer Interfaces()
    {
        var found = File.ReadLines("/proc/net/dev")
            .Skip(2)
            .Select(line => line.Split(':')[0].Trim())
            .Where(name => name != "lo")
            .ToList();
        // Tunnels that some kernels put into every namespace: down, without address.
        var real = found.Where(name => !IsDown(name)).ToList();
        return real.Count == 0 ? ProbeAnswer.Held("only the loopback") : ProbeAnswer.Broken(string.Join(", ", real));
    }

    public static ProbeAnswer RawSockets() =>
        ProbeAnswer.All([
            ("raw", ProbeAnswer.Guarded(Kernel.Call(Kernel.Socket, Internet, Raw, 1))),
            ("packet", ProbeAnswer.Guarded(Kernel.Call(Kernel.Socket, Packet, Raw, 0))),
        ]);

    private static bool IsDown(string name) =>
        File.Exists($"/sys/class/net/{name}/flags")
        && (Convert.ToInt32(File.ReadAllText($"/sys/class/net/{name}/flags").Trim(), 16) & 1) == 0;

    private static ProbeAnswer Connect(IPEndPoint endpoint)
    {
        var attempt = Connect(endpoint.Address.GetAddressBytes().Length == 4 ? Internet : Internet6, Bytes(endpoint));
        return attempt.Error == InProgress ? ProbeAnswer.Broken("there is a route, though nobody answered")
            : IPAddress.IsLoopback(endpoint.Address) ? ProbeAnswer.Refused(attempt, ConnectionRefused)
            : attempt.Error == ConnectionRefused ? ProbeAnswer.Broken("there is a route, and somebody who refused")
            : ProbeAnswer.Refused(attempt, NetworkUnreachable, NoAddressFamily, AddressNotAvailable);
    }

    private static Attempt Connect(int family, byte[] address)
    {
        var socket = Kernel.Call(Kernel.Socket, family, Stream | NonBlocking);
        if (!socket.Succeeded)
            return socket;
        fixed (byte* to = address)
        {
            var attempt = Kernel.Call(Kernel.Connect, socket.Result, (nint)to, address.Length);
            if (attempt.Error == InProgress)
            {
                // Even on the loopback the refusal may take a moment.
                var descriptor = new CommandLibc.PollFd { Fd = (int)socket.Result, Events = Writable };
                _ = CommandLibc.Poll(&descriptor, 1, Patience);
                var ended = Kernel.Call(Kernel.Connect, socket.Result, (nint)to, address.Length);
                if (ended.Error != Already)
                    attempt = ended.Error == IsConnected ? new(0, 0) : ended;
            }
            Kernel.Close(socket.Result);
            return attempt;
        }
    }

    /// <summary>struct sockaddr_in or sockaddr_in6.</summary>
    private static byte[] Bytes(IPEndPoint endpoint)
    {
        var address = endpoint.Address.GetAddressBytes();
        var bytes = new byte[address.Length == 4 ? 16 : 28];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)(address.Length == 4 ? Internet : Internet6));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)endpoint.Port);
        address.CopyTo(bytes, address.Length == 4 ? 4 : 8);
        return bytes;
    }

    /// <summary>struct sockaddr_un, as long as the name.</summary>
    private static byte[] UnixAddress(string name) => [Unix, 0, .. Encoding.UTF8.GetBytes(name)];
}
