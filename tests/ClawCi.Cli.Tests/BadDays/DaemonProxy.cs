using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>
/// Stands between a run and the real daemon on a socket of its own. From the first request whose line matches
/// <paramref name="stallAt"/>, nothing of that connection is passed on any more: the daemon seems to hang.
/// </summary>
internal sealed class DaemonProxy : IAsyncDisposable
{
    private static readonly UnixDomainSocketEndPoint Daemon = new("/var/run/docker.sock");

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Regex _stallAt;
    private readonly Task _accepting;

    public DaemonProxy(string path, string stallAt)
    {
        _stallAt = new Regex(stallAt);
        Address = $"unix://{path}";
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(64);
        _accepting = AcceptAsync();
    }

    /// <summary>For DOCKER_HOST.</summary>
    public string Address { get; }

    /// <summary>Done when a request has met the hanging daemon.</summary>
    public Task Stalled => _stalled.Task;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
                serving.Add(ServeAsync(await _listener.AcceptAsync(_stop.Token)));
        }
        catch (OperationCanceledException) { }
        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(Socket client)
    {
        using var near = client;
        using var far = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await far.ConnectAsync(Daemon, _stop.Token);
            await Task.WhenAll(PumpAsync(near, far, watch: true), PumpAsync(far, near, watch: false));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Either side went away, or the test is over.
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool watch)
    {
        var buffer = new byte[64 << 10];
        var stalled = false;
        while (await from.ReceiveAsync(buffer, _stop.Token) is > 0 and var count)
        {
            if (watch && !stalled && _stallAt.IsMatch(Encoding.Latin1.GetString(buffer, 0, count)))
            {
                stalled = true;
                _stalled.TrySetResult();
            }
            for (var sent = 0; !stalled && sent < count; )
                sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _stop.Token);
        }
        to.Shutdown(SocketShutdown.Send);
    }
}
