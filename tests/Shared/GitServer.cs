using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ClawCi.TestSupport;

/// <summary>Repositories of this machine, served over HTTP to who knows the token.</summary>
internal sealed class GitServer : IAsyncDisposable
{
    public const string User = "x-access-token";
    public const string Token = "tok_3f9a5c7e1b2d4f6a8c0e";

    private readonly HttpListener _listener = new();
    private readonly string _root;
    private readonly Task _serving;

    public GitServer(string root)
    {
        _root = root;
        Url = Listen();
        _serving = ServeAsync();
    }

    /// <summary>With a slash at its end.</summary>
    public Uri Url { get; }

    /// <summary>Where everything is sent instead; null answers.</summary>
    public Uri? MovedTo { get; init; }

    /// <summary>What came: the path, and whether it came with a password.</summary>
    public ConcurrentQueue<(string Path, bool IsAuthorised)> Asked { get; } = [];

    public async ValueTask DisposeAsync()
    {
        // After Stop it would listen once more to close, on a port that another may have by then.
        _listener.Close();
        await _serving;
    }

    private Uri Listen()
    {
        while (true)
        {
            using var free = new TcpListener(IPAddress.Loopback, 0);
            free.Start();
            var url = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
            free.Stop();
            _listener.Prefixes.Clear();
            _listener.Prefixes.Add(url);
            try
            {
                _listener.Start();
                return new Uri(url);
            }
            catch (HttpListenerException)
            {
                // Somebody else was faster.
            }
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                Asked.Enqueue((context.Request.RawUrl!, context.Request.Headers["Authorization"] is not null));
                if (MovedTo is { } elsewhere)
                    context.Response.Redirect($"{elsewhere}{context.Request.RawUrl![1..]}");
                else
                    await GitOverHttp.AnswerAsync(context, _root, User, Token);
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException) { }
    }
}
