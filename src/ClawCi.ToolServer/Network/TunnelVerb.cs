using System.Net;
using System.Net.Sockets;
using ClawCi.Tunnels;

namespace ClawCi.ToolServer.Network;

/// <summary>
/// Listens on the container's loopback and hands every connection to the runner, which decides about it. Nothing is
/// understood here, so that nothing is gained by taking this process over.
/// </summary>
#pragma warning disable CA2025 // Ends are closed while the other direction still hangs: that is what ends it.
internal static class TunnelVerb
{
    private const int Backlog = 128;

    /// <summary>
    /// For what the client still sends after the runner's last word. Unread, it would make the kernel reset the connection
    /// and throw that word away.
    /// </summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    /// <summary>Ends when its input does.</summary>
    /// <returns>0; 1 when the port is taken or the tunnel broke.</returns>
    public static async Task<int> RunAsync(Stream input, Stream output, int port, TextWriter error)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var tunnel = new Tunnel(input, output, accept: null, mostConnections: int.MaxValue);
        try
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
            listener.Listen(Backlog);
            await tunnel.SendReadyAsync(CancellationToken.None);
            _ = AcceptAsync(listener, tunnel);
            await tunnel.RunAsync(CancellationToken.None);
            return 0;
        }
        catch (Exception e) when (e is SocketException or IOException or TunnelException)
        {
            await error.WriteLineAsync($"tunnel: {e.Message}");
            return 1;
        }
    }

    private static async Task AcceptAsync(Socket listener, Tunnel tunnel)
    {
        try
        {
            while (true)
                _ = PassAsync(await listener.AcceptAsync(tunnel.Ended), tunnel);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The verb is over.
        }
    }

    private static async Task PassAsync(Socket socket, Tunnel tunnel)
    {
        try
        {
            socket.NoDelay = true;
            await using var near = new NetworkStream(socket, ownsSocket: true);
            await using var far = await tunnel.OpenAsync(tunnel.Ended);
            var outward = OutwardAsync(near, far, tunnel.Ended);
            await far.CopyToAsync(near, FrameHeader.MostData, tunnel.Ended);
            socket.Shutdown(SocketShutdown.Send);
            await outward.WaitAsync(Linger);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or TimeoutException)
        {
            // One of the two ends went away; both are closed now.
        }
    }

    private static async Task OutwardAsync(Stream near, TunnelConnection far, CancellationToken ct)
    {
        try
        {
            await near.CopyToAsync(far, FrameHeader.MostData, ct);
            await far.EndAsync(ct);
        }
        catch (IOException)
        {
            await near.CopyToAsync(Stream.Null, ct);
        }
    }
}
