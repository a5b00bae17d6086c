using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ClawCi.Permissions;
using ClawCi.Sandboxes.Egress;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Egress;

/// <summary>The proxy on a real socket, an origin behind it, and names that lead where a test says.</summary>
internal sealed class Gateway : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly Dictionary<string, Queue<IPAddress>> _names = [];
    private readonly Task _accepting;
    private readonly EgressProxy _proxy;
    private int _served;
    private int _accepted;

    /// <param name="allow">Where <c>PORT</c> stands for the origin's.</param>
    public Gateway(string[] allow, EgressLimits? limits = null, string[]? mayBePrivate = null)
    {
        Origin = Origin.Start();
        foreach (var name in Origin.Names)
            _names[name] = new([IPAddress.Loopback]);
        _proxy = new EgressProxy(
            new NetworkAccess(Rules(allow), Rules(mayBePrivate ?? [])),
            new Outside(
                ResolveAsync,
                new AddressGuard(new HashSet<IPAddress>(), new HashSet<IPEndPoint> { Origin.EndPoint }),
                _ => null
            ),
            limits ?? EgressLimits.Default,
            Uses.Enqueue,
            TimeProvider.System
        );
        _listener.Start(1024);
        _accepting = AcceptAsync();
    }

    public Origin Origin { get; }

    public ConcurrentQueue<NetworkUse> Uses { get; } = [];

    public int Lookups { get; private set; }

    private HostRule[] Rules(string[] words) =>
        [
            .. NetworkReader.Rules(
                words.Select(word => word.Replace("PORT", $"{Origin.Port}", StringComparison.Ordinal))
            ),
        ];

    /// <summary>A name leads to these addresses, one after the other; the last stays.</summary>
    public void Name(string host, params string[] addresses) => _names[host] = new(addresses.Select(IPAddress.Parse));

    public async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(_listener.LocalEndpoint, TestContext.Current.CancellationToken);
        return socket;
    }

    /// <summary>Sends the text, where <c>PORT</c> stands for the origin's, and reads to the end.</summary>
    public async Task<string> AskAsync(string request)
    {
        using var socket = await ConnectAsync();
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(
            Encoding.Latin1.GetBytes(request.Replace("PORT", $"{Origin.Port}", StringComparison.Ordinal))
        );
        socket.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Opens a tunnel and expects that.</summary>
    public async Task<NetworkStream> TunnelAsync(string authority)
    {
        var stream = new NetworkStream(await ConnectAsync(), ownsSocket: true);
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"CONNECT {authority} HTTP/1.1\r\n\r\n".Replace("PORT", $"{Origin.Port}", StringComparison.Ordinal)
            )
        );
        var answer = new byte[39];
        await stream.ReadExactlyAsync(answer, TestContext.Current.CancellationToken);
        Assert.Equal("HTTP/1.1 200 Connection established\r\n\r\n", Encoding.ASCII.GetString(answer));
        return stream;
    }

    /// <summary>The one use there is, when its connection is over.</summary>
    public async Task<NetworkUse> UseAsync()
    {
        await OverAsync();
        return Assert.Single(Uses);
    }

    /// <summary>When every connection so far is over.</summary>
    public async Task OverAsync()
    {
        while (Volatile.Read(ref _served) < Volatile.Read(ref _accepted))
            await Task.Yield();
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _accepting;
        _listener.Dispose();
        await OverAsync();
        _over.Dispose();
        await Origin.DisposeAsync();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_over.Token);
                Interlocked.Increment(ref _accepted);
                _ = ServeAsync(new NetworkStream(socket, ownsSocket: true));
            }
        }
        catch (Exception e) when (EgressProxy.IsEnd(e)) { }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        await _proxy.ServeAsync(stream, _over.Token);
        Interlocked.Increment(ref _served);
    }

    private Task<IPAddress[]> ResolveAsync(string host, CancellationToken ct)
    {
        Lookups++;
        if (IPAddress.TryParse(host, out var literal))
            return Task.FromResult<IPAddress[]>([literal]);
        if (!_names.TryGetValue(host, out var addresses))
            throw new SocketException((int)SocketError.HostNotFound);
        return Task.FromResult<IPAddress[]>([addresses.Count > 1 ? addresses.Dequeue() : addresses.Peek()]);
    }
}
