using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ClawCi.Permissions;
using ClawCi.Sandboxes.Egress;
using ClawCi.Web;

namespace ClawCi.Tests.Web;

/// <summary>A host on this machine's loopback that answers as a test says, and names that lead where a test says.</summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly Dictionary<string, Queue<IPAddress>> _names = new() { ["site.test"] = new([IPAddress.Loopback]) };
    private readonly Func<string, Stream, CancellationToken, Task> _answer;
    private readonly Task _accepting;

    /// <param name="answer">Gets a request's head, and the stream to answer on.</param>
    public Site(Func<string, Stream, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Site(Func<string, string> answer)
        : this((head, stream, ct) => stream.WriteAsync(Encoding.UTF8.GetBytes(answer(head)), ct).AsTask()) { }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => $"http://site.test:{Port}/";

    /// <summary>Heads of requests, in the order they came.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public ConcurrentQueue<NetworkUse> Uses { get; } = [];

    /// <summary>Names that were looked up.</summary>
    public ConcurrentQueue<string> Lookups { get; } = [];

    /// <summary>Ends when everything that was answered has ended.</summary>
    public TaskCompletionSource Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static string Page(string body, string type = "text/html; charset=utf-8", int status = 200) =>
        $"HTTP/1.1 {status} X\r\nContent-Type: {type}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";

    public static string Redirect(string location) =>
        $"HTTP/1.1 302 Found\r\nLocation: {location}\r\nSet-Cookie: session=1; Path=/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    /// <summary>A name leads to these addresses, one after the other; the last stays.</summary>
    public Site Name(string host, params string[] addresses)
    {
        _names[host] = new(addresses.Select(IPAddress.Parse));
        return this;
    }

    /// <param name="allow">Where <c>PORT</c> stands for the site's.</param>
    public WebFetcher Fetcher(string[]? allow = null, FetchLimits? limits = null) =>
        new(
            new NetworkAccess(
                [
                    .. NetworkReader.Rules(
                        (allow ?? ["site.test:PORT"]).Select(word =>
                            word.Replace("PORT", $"{Port}", StringComparison.Ordinal)
                        )
                    ),
                ],
                []
            ),
            () =>
                new Outside(
                    ResolveAsync,
                    new AddressGuard(
                        new HashSet<IPAddress>(),
                        new HashSet<IPEndPoint> { (IPEndPoint)_listener.LocalEndpoint }
                    ),
                    _ => null
                ),
            limits ?? FetchLimits.Default,
            "1.0",
            Uses.Enqueue,
            TimeProvider.System
        );

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _over.Dispose();
    }

    private Task<IPAddress[]> ResolveAsync(string host, CancellationToken ct)
    {
        Lookups.Enqueue(host);
        if (IPAddress.TryParse(host, out var literal))
            return Task.FromResult<IPAddress[]>([literal]);
        if (!_names.TryGetValue(host, out var addresses))
            throw new SocketException((int)SocketError.HostNotFound);
        return Task.FromResult<IPAddress[]>([addresses.Count > 1 ? addresses.Dequeue() : addresses.Peek()]);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync(_over.Token);
                await ServeAsync(client.GetStream());
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        try
        {
            var head = new StringBuilder();
            var buffer = new byte[4096];
            while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
            {
                if (await stream.ReadAsync(buffer, _over.Token) is not (> 0 and var count))
                    return;
                head.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }
            Requests.Enqueue(head.ToString());
            await _answer(head.ToString(), stream, _over.Token);
        }
        catch (IOException)
        {
            // Whoever asked has heard enough.
        }
        finally
        {
            Closed.TrySetResult();
        }
    }
}
