using System.Net.Sockets;
using System.Text;

namespace ClawCi.Docker.Tests;

/// <summary>Answers HTTP on a unix socket with what the test says, by path; a null answer never comes, an empty one is an error of the server's.</summary>
internal sealed class FakeDaemon : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Func<string, string?> _answer;

    public FakeDaemon(string path, Func<string, string?> answer)
    {
        _answer = answer;
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        _socket.Listen();
        Endpoint = new Uri($"unix://{path}");
        _ = AcceptAsync();
    }

    public Uri Endpoint { get; }

    public static string Version(string api) =>
        $$"""{"Version":"19.03.0","ApiVersion":"{{api}}","MinAPIVersion":"1.12"}""";

    public void Dispose() => _socket.Dispose();

    private async Task AcceptAsync()
    {
        while (true)
            _ = AnswerAsync(await _socket.AcceptAsync());
    }

    private async Task AnswerAsync(Socket client)
    {
        await using var stream = new NetworkStream(client, ownsSocket: true);
        using var reader = new StreamReader(stream);
        if (await reader.ReadLineAsync() is not { } request)
            return;
        while (await reader.ReadLineAsync() is { Length: > 0 }) { }
        if (_answer(request.Split(' ')[1]) is not { } body)
        {
            await reader.ReadToEndAsync();
            return;
        }
        if (body.Length == 0)
        {
            await stream.WriteAsync("HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
            return;
        }
        var head =
            $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.UTF8.GetBytes(head + body));
    }
}
