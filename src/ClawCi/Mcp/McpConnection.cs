using ClawCi.Auth;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace ClawCi.Mcp;

/// <summary>
/// A session with a server. It is asked for tools, resources and prompts and offers nothing in return: what servers may ask
/// a client for (sampling, elicitation, roots) is declined.
/// </summary>
internal sealed class McpConnection : IAsyncDisposable
{
    /// <summary>For the end of a session.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly IMcpLink _link;
    private readonly McpClient _client;
    private readonly ServerCapabilities _capabilities;
    private int _disposed;

    private McpConnection(IMcpLink link, McpClient client) =>
        (_link, _client, _capabilities) = (link, client, client.ServerCapabilities);

    /// <summary>Nothing more can be asked.</summary>
    public bool HasEnded => _client.Completion.IsCompleted || Volatile.Read(ref _disposed) != 0;

    public bool HasResources => _capabilities.Resources is not null;

    public bool HasPrompts => _capabilities.Prompts is not null;

    /// <summary>The last of what it said beside the protocol, on one line.</summary>
    public string LastWords => Tail(_link);

    /// <param name="open">Its link is the connection's, or gone when there is none.</param>
    /// <param name="onToolsChanged">Called from any thread.</param>
    /// <exception cref="McpFailure">It cannot be started or does not speak MCP.</exception>
    public static async Task<McpConnection> OpenAsync(
        Func<CancellationToken, Task<IMcpLink>> open,
        Action onToolsChanged,
        CancellationToken ct
    )
    {
        IMcpLink link;
        try
        {
            link = await open(ct);
        }
        catch (IOException e)
        {
            throw new McpFailure($"it ended at once: {e.Message}", e);
        }
        catch (AuthException e)
        {
            throw new McpFailure(e.Message, e);
        }
        try
        {
            link.Meter.Ask();
            var client = await McpClient
                .CreateAsync(
                    link.Transport,
                    new McpClientOptions
                    {
                        ClientInfo = new Implementation { Name = "claw-ci", Version = "1" },
                        InitializationTimeout = Timeout.InfiniteTimeSpan,
                        Handlers = new McpClientHandlers
                        {
                            NotificationHandlers =
                            [
                                new(
                                    NotificationMethods.ToolListChangedNotification,
                                    (_, _) =>
                                    {
                                        onToolsChanged();
                                        return ValueTask.CompletedTask;
                                    }
                                ),
                            ],
                        },
                    },
                    loggerFactory: null,
                    ct
                )
                .WaitAsync(ct);
            return new McpConnection(link, client);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            await link.DisposeAsync();
            throw Failure(link, "it does not answer as an MCP server", e);
        }
        catch
        {
            await link.DisposeAsync();
            throw;
        }
    }

    /// <summary>All pages, up to the caps.</summary>
    /// <exception cref="McpFailure">It does not list them as the protocol wants.</exception>
    public async Task<IReadOnlyList<Tool>> ListToolsAsync(CancellationToken ct)
    {
        if (_capabilities.Tools is null)
            return [];
        List<Tool> tools = [];
        string? cursor = null;
        for (var page = 0; page < McpLimits.MostPages && tools.Count <= McpLimits.MostTools; page++)
        {
            cursor = await AskAsync(
                async (client, token) =>
                {
                    var listed = await client.ListToolsAsync(new ListToolsRequestParams { Cursor = cursor }, token);
                    tools.AddRange(listed.Tools);
                    return listed.NextCursor;
                },
                ct
            );
            if (string.IsNullOrEmpty(cursor))
                break;
        }
        return tools;
    }

    /// <summary>Ends when nothing has come from the server for so long.</summary>
    public Task SilenceAsync(TimeSpan longest, CancellationToken ct) => _link.Meter.SilenceAsync(longest, ct);

    /// <summary>Asks for something, and reads what is answered: whatever goes wrong with either is the server's doing.</summary>
    /// <exception cref="McpFailure">The session broke, or the answer is none of the protocol's.</exception>
    /// <exception cref="McpProtocolException">The server answered that it cannot.</exception>
    public async Task<T> AskAsync<T>(Func<McpClient, CancellationToken, Task<T>> ask, CancellationToken ct)
    {
        _link.Meter.Ask();
        try
        {
            return await ask(_client, ct).WaitAsync(ct);
        }
        catch (Exception e) when (e is not (OperationCanceledException or McpProtocolException))
        {
            throw Failure(_link, "the session with it broke", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        var end = _link.ClosesAfterSession ? _client.DisposeAsync().AsTask() : Task.CompletedTask;
        await Task.WhenAny(end, Task.Delay(Patience));
        await _link.DisposeAsync();
        if (!_link.ClosesAfterSession)
            await _client.DisposeAsync();
    }

    private static McpFailure Failure(IMcpLink link, string what, Exception cause)
    {
        var words = Tail(link);
        return new McpFailure(
            words.Length == 0 ? $"{what}: {VisibleText.Line(cause.Message)}" : $"{what}: {words}",
            cause
        );
    }

    private static string Tail(IMcpLink link)
    {
        var words = VisibleText.Line(link.LastWords);
        return words.Length <= McpLimits.ErrorTail ? words : "…" + words[^McpLimits.ErrorTail..];
    }
}
