using System.Net.Sockets;
using System.Text;

namespace ClawCi.TestSupport;

/// <summary>How a request is answered.</summary>
internal delegate Task ChaosAnswer(ChaosConnection connection);

/// <summary>One connection of a <see cref="ChaosServer"/>, seen from the server. It is closed when the answer returns.</summary>
internal sealed class ChaosConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly CancellationToken _stop;
    private readonly byte[] _buffer = new byte[64 * 1024];

    public ChaosConnection(Socket socket, CancellationToken stop)
    {
        _socket = socket;
        _socket.NoDelay = true;
        _stop = stop;
    }

    public async Task<byte[]> ReceiveAsync()
    {
        var count = await _socket.ReceiveAsync(_buffer, _stop);
        return count > 0 ? _buffer[..count] : throw new IOException("The client closed the connection.");
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[await _socket.SendAsync(bytes, _stop)..];
    }

    /// <summary>Says nothing more until the client goes away or the server is disposed.</summary>
    public async Task StallAsync()
    {
        while (await _socket.ReceiveAsync(_buffer, _stop) > 0) { }
    }

    /// <summary>Ends the connection with a TCP reset.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();
}
