using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClawCi.TestSupport;

/// <summary>What a client asked.</summary>
/// <param name="Headers">Names in lower case.</param>
internal sealed record ChaosRequest(
    string Method,
    string Path,
    IReadOnlyDictionary<string, string> Headers,
    string Body
);

/// <summary>
/// An HTTP server on a real socket of which a test controls every byte, and when it comes or does not. It takes one
/// request a connection and answers the n-th with the n-th answer; the last answer repeats.
/// </summary>
internal sealed class ChaosServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly List<ChaosRequest> _requests = [];
    private readonly Func<int, ChaosRequest, ChaosAnswer> _answer;
    private readonly Task _accepting;

    public ChaosServer(params IReadOnlyList<ChaosAnswer> answers)
        : this((number, _) => answers[Math.Min(number, answers.Count - 1)]) { }

    /// <param name="answer">Asked with the number of requests before, one at a time.</param>
    public ChaosServer(Func<int, ChaosRequest, ChaosAnswer> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>The requests that arrived whole, in order.</summary>
    public IReadOnlyList<ChaosRequest> Requests
    {
        get
        {
            lock (_requests)
                return [.. _requests];
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (OperationCanceledException) { }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var connection = new ChaosConnection(socket, _stop.Token);
        try
        {
            var request = await ReadAsync(connection);
            ChaosAnswer answer;
            lock (_requests)
            {
                answer = _answer(_requests.Count, request);
                _requests.Add(request);
            }
            await answer(connection);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The client went away, or the test is over.
        }
    }

    private static async Task<ChaosRequest> ReadAsync(ChaosConnection connection)
    {
        var received = new List<byte>();
        var head = -1;
        while ((head = Find(received)) < 0)
            received.AddRange(await connection.ReceiveAsync());
        var lines = Encoding.ASCII.GetString([.. received[..head]]).Split("\r\n");
        var headers = lines[1..]
            .Select(line => line.Split(':', 2))
            .ToDictionary(pair => pair[0].ToLowerInvariant(), pair => pair[1].Trim());
        var length = int.Parse(headers.GetValueOrDefault("content-length", "0"));
        while (received.Count < head + 4 + length)
            received.AddRange(await connection.ReceiveAsync());
        var body = Encoding.UTF8.GetString([.. received[(head + 4)..]]);
        var start = lines[0].Split(' ');
        return new ChaosRequest(start[0], start[1], headers, body);
    }

    private static int Find(List<byte> received)
    {
        for (var i = 0; i + 3 < received.Count; i++)
        {
            if (received[i] == '\r' && received[i + 1] == '\n' && received[i + 2] == '\r' && received[i + 3] == '\n')
                return i;
        }
        return -1;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        await Task.WhenAll(_connections);
        _listener.Dispose();
        _stop.Dispose();
    }
}
