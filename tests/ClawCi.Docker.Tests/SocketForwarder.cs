using System.Net;
using System.Net.Sockets;

namespace ClawCi.Docker.Tests;

/// <summary>A TCP port in front of a unix socket: the daemon as it looks from elsewhere.</summary>
internal sealed class SocketForwarder : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _path;

    public SocketForwarder(string path)
    {
        _path = path;
        _listener.Start();
        _ = AcceptAsync();
    }

    public Uri Endpoint => new($"tcp://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var token = _stop.Token;
        while (!token.IsCancellationRequested)
            _ = ForwardAsync(await _listener.AcceptSocketAsync(token));
    }

    private async Task ForwardAsync(Socket near)
    {
        using var far = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await far.ConnectAsync(new UnixDomainSocketEndPoint(_path));
        await Task.WhenAll(CopyAsync(near, far), CopyAsync(far, near));
        near.Dispose();
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        try
        {
            await using var source = new NetworkStream(from);
            await using var target = new NetworkStream(to);
            await source.CopyToAsync(target);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The other half is gone.
        }
    }
}
