using System.Collections.Concurrent;
using System.Net;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>Takes what is sent to it over HTTP and keeps it.</summary>
internal sealed class Collector : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _serving;

    /// <param name="status">What it answers.</param>
    public Collector(int status = 200)
    {
        // The port is free when it is asked for; in the rare case that it is not any more, another one is.
        for (var tries = 0; ; tries++)
        {
            using (var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
            {
                probe.Start();
                Endpoint = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
            }
            _listener.Prefixes.Clear();
            _listener.Prefixes.Add(Endpoint + "/");
            try
            {
                _listener.Start();
                break;
            }
            catch (HttpListenerException) when (tries < 10) { }
        }
        _serving = ServeAsync(status);
    }

    public string Endpoint { get; }

    public ConcurrentQueue<(string Path, string? Key, string? Type, byte[] Body)> Requests { get; } = [];

    public void Dispose()
    {
        _listener.Close();
        _serving.Wait();
    }

    private async Task ServeAsync(int status)
    {
        while (true)
        {
            try
            {
                var exchange = await _listener.GetContextAsync();
                var body = new MemoryStream();
                await exchange.Request.InputStream.CopyToAsync(body);
                Requests.Enqueue(
                    (
                        exchange.Request.Url!.AbsolutePath,
                        exchange.Request.Headers["x-api-key"],
                        exchange.Request.ContentType,
                        body.ToArray()
                    )
                );
                exchange.Response.StatusCode = status;
                exchange.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
