using System.Text.Json;
using ClawCi.Configuration;
using ClawCi.Events;
using ClawCi.Tools;
using ModelContextProtocol;

namespace ClawCi.Mcp;

/// <summary>
/// One server of a task: started once, started again once when it ends, and then no more. A call is never made twice: what
/// it did before it broke nobody knows.
/// </summary>
/// <param name="open">Starts it, or connects to it.</param>
/// <param name="onToolsChanged">Called from any thread when its tools are others.</param>
internal sealed class McpServer(
    McpServerSpec spec,
    Func<CancellationToken, Task<IMcpLink>> open,
    Action onToolsChanged,
    IRunObserver events,
    TimeProvider time
) : IAsyncDisposable
{
    /// <summary>A server that lets so many calls in a row run out of time does not answer any more.</summary>
    private const int MostSilences = 2;

    private readonly SemaphoreSlim _starting = new(1);
    private McpConnection? _connection;
    private bool _wasRestarted;
    private string? _lost;
    private int _silences;
    private int _isToLook;
    private int _changes;

    public McpServerSpec Spec => spec;

    /// <summary>As it listed them last.</summary>
    public IReadOnlyList<McpTool> Tools { get; private set; } = [];

    /// <summary>Why it cannot be used; null while it can.</summary>
    public string? Problem => _lost;

    /// <exception cref="McpServerLostException">It is required, and does not start.</exception>
    public async Task StartAsync(CancellationToken ct)
    {
        await _starting.WaitAsync(ct);
        try
        {
            await ConnectAsync("ready", ct);
        }
        catch (McpFailure e)
        {
            Lose("failed", e.Message);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <exception cref="McpServerLostException">It is required, and gone.</exception>
    public async Task<ToolOutput> CallAsync(McpTool tool, ToolCall call, CancellationToken ct)
    {
        McpConnection? connection = null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task? silence = null;
        try
        {
            connection = await ConnectionAsync(ct);
            limit.CancelAfter(spec.CallTimeout);
            var answer = connection.AskAsync((client, token) => tool.AskAsync(client, call, token), limit.Token);
            silence = spec.IdleTimeout is { } idle ? connection.SilenceAsync(idle, limit.Token) : null;
            if (silence is not null && await Task.WhenAny(answer, silence) == silence)
                await limit.CancelAsync();
            var output = await answer;
            _silences = 0;
            return output;
        }
        catch (McpProtocolException e)
        {
            _silences = 0;
            return McpAnswer.Text($"The MCP server {spec.Name} answered: {e.Message}", isError: true);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            if (++_silences >= MostSilences && connection is not null)
                await connection.DisposeAsync();
            var why = silence is { IsCompletedSuccessfully: true }
                ? $"was silent for {Duration.Write(spec.IdleTimeout!.Value)}"
                : $"did not answer within {Duration.Write(spec.CallTimeout)}";
            return Error($"{why}. It may still be doing what it was asked");
        }
        catch (McpFailure e)
        {
            if (connection is null)
                return Error($"cannot be used: {e.Message}");
            await connection.DisposeAsync();
            return Error($"ended during the call, which may or may not have been carried out: {e.Message}");
        }
        finally
        {
            await limit.CancelAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
        _starting.Dispose();
    }

    /// <summary>That there is, or the one restart.</summary>
    private async Task<McpConnection> ConnectionAsync(CancellationToken ct)
    {
        // While it is asked what its tools are now, calls go on.
        if (_connection is { HasEnded: false } there)
            return there;
        await _starting.WaitAsync(ct);
        try
        {
            if (_connection is { HasEnded: false })
                return _connection;
            var words = _connection?.LastWords ?? "";
            if (_connection is not null)
                await _connection.DisposeAsync();
            if (_lost is null && _wasRestarted)
                Lose("lost", words.Length == 0 ? "it ended again" : $"it ended again: {words}");
            if (_lost is not null)
                throw new McpFailure(_lost);
            _wasRestarted = true;
            try
            {
                return await ConnectAsync("restarted", ct, words);
            }
            catch (McpFailure e)
            {
                Lose("lost", e.Message);
                throw;
            }
        }
        finally
        {
            _starting.Release();
        }
    }

    private async Task<McpConnection> ConnectAsync(string state, CancellationToken ct, string? words = null)
    {
        var started = time.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(spec.StartTimeout);
        try
        {
            _connection = await McpConnection.OpenAsync(open, () => _ = ToolsChangedAsync(ct), limit.Token);
            _silences = 0;
            await ListAsync(_connection, limit.Token);
            Say(state, started, words);
            return _connection;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new McpFailure($"it was not ready within {Duration.Write(spec.StartTimeout)}");
        }
        catch (McpProtocolException e)
        {
            throw new McpFailure($"it does not list its tools: {VisibleText.Line(e.Message)}", e);
        }
    }

    private async Task ListAsync(McpConnection connection, CancellationToken ct)
    {
        var listed = await connection.ListToolsAsync(ct);
        Tools = McpToolReader.Read(spec.Name, listed, Besides(connection), spec.Tools, out var leftOut);
        if (leftOut.Count > 0)
            events.On(
                new Warned(
                    $"Tools of the MCP server {spec.Name} are not offered. {string.Join("; ", leftOut.Take(5))}"
                        + (leftOut.Count > 5 ? $"; and {leftOut.Count - 5} more." : ".")
                )
            );
    }

    private McpTool[] Besides(McpConnection connection) =>
        [
            .. connection.HasResources ? [McpResources.Of(spec.Name)] : Array.Empty<McpTool>(),
            .. connection.HasPrompts ? [McpPrompts.Of(spec.Name)] : Array.Empty<McpTool>(),
        ];

    /// <summary>It says that its tools are others. However often it says so meanwhile, it is asked once more.</summary>
    private async Task ToolsChangedAsync(CancellationToken ct)
    {
        if (Interlocked.Exchange(ref _isToLook, 1) == 1 || _changes >= McpLimits.MostChanges)
            return;
        _changes++;
        await _starting.WaitAsync(ct);
        try
        {
            _isToLook = 0;
            if (_connection is not { HasEnded: false } connection)
                return;
            var started = time.GetTimestamp();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(spec.CallTimeout);
            var before = Tools;
            await ListAsync(connection, limit.Token);
            if (before.Select(Shape).SequenceEqual(Tools.Select(Shape)))
                return;
            Say("tools-changed", started, null);
            onToolsChanged();
        }
        catch (Exception e) when (e is McpFailure or McpProtocolException or OperationCanceledException)
        {
            // Those that were listed stay; a call will tell what is wrong with it.
        }
        finally
        {
            _starting.Release();
        }
    }

    private static string Shape(McpTool tool) => $"{tool.Name}\0{tool.Description}\0{tool.Schema.GetRawText()}";

    private void Lose(string state, string why)
    {
        _lost = why;
        Tools = state == "failed" ? [] : Tools;
        events.On(new McpServerEvent(spec.Name, state, spec.Required, [], null, why));
        if (spec.Required)
            throw new McpServerLostException(
                state == "failed"
                    ? $"The MCP server {spec.Name} cannot be used, and it is required: {why}."
                    : $"The MCP server {spec.Name} is gone, and it is required: {why}."
            );
    }

    private void Say(string state, long started, string? words) =>
        events.On(
            new McpServerEvent(
                spec.Name,
                state,
                spec.Required,
                [.. Tools.Select(tool => tool.Name.Tool)],
                (long)time.GetElapsedTime(started).TotalMilliseconds,
                string.IsNullOrEmpty(words) ? null : words
            )
        );

    private ToolOutput Error(string what) => new($"The MCP server {spec.Name} {what}.", IsError: true);
}
