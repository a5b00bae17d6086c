using System.Net.Sockets;
using System.Text;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>Answers every request on a Unix socket with 200 and a body; no daemon at all.</summary>
/// <param name="answer">From the request's first line to the body.</param>
internal sealed class FakeDaemon : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public FakeDaemon(string path, Func<string, string> answer)
    {
        Address = $"unix://{path}";
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(16);
        _accepting = AcceptAsync(answer);
    }

    /// <summary>For DOCKER_HOST.</summary>
    public string Address { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync(Func<string, string> answer)
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptAsync(_stop.Token);
                try
                {
                    await ServeAsync(client, answer, buffer);
                }
                catch (SocketException)
                {
                    // Whoever only knocks is gone before the answer.
                }
            }
        }
        catch (OperationCanceledException) { }
    }

    private async Task ServeAsync(Socket client, Func<string, string> answer, byte[] buffer)
    {
        var count = await client.ReceiveAsync(buffer, _stop.Token);
        if (count == 0)
            return;
        var body = answer(Encoding.ASCII.GetString(buffer, 0, count).Split('\r')[0]);
        var type = body.StartsWith('<') ? "text/html" : "application/json";
        await client.SendAsync(
            Encoding.UTF8.GetBytes(
                $"HTTP/1.1 200 OK\r\ncontent-type: {type}\r\ncontent-length: {Encoding.UTF8.GetByteCount(body)}\r\nconnection: close\r\n\r\n{body}"
            ),
            _stop.Token
        );
    }
}
