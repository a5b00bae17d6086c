using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Permissions;
using ClawCi.Tools;

namespace ClawCi.Mcp;

/// <summary>
/// The MCP servers of a task. All are started at once; which of their tools has which name for the model is kept in a
/// table, so that no name is ever taken apart.
/// </summary>
internal sealed class McpServers : IAsyncDisposable
{
    private readonly IReadOnlyList<McpServer> _servers;
    private readonly ToolSet _tools;
    private readonly CancellationTokenSource _over = new();
    private readonly Task[] _starts;

    /// <param name="open">Starts a server, or connects to it.</param>
    /// <param name="tools">Gets the servers' tools.</param>
    public McpServers(
        IReadOnlyList<McpServerSpec> specs,
        Func<McpServerSpec, CancellationToken, Task<IMcpLink>> open,
        ToolSet tools,
        IRunObserver events,
        TimeProvider time
    )
    {
        _tools = tools;
        _servers = [.. specs.Select(spec => new McpServer(spec, ct => open(spec, ct), Offer, events, time))];
        _starts = [.. _servers.Select(server => server.StartAsync(_over.Token))];
    }

    /// <summary>Makes of a server's answer what the model is shown of it.</summary>
    public Func<ToolOutput, ToolOutput> Keep { get; init; } = output => output;

    /// <summary>Waits until every server is ready or has failed, and offers the tools of those that are ready.</summary>
    /// <returns>What is said to the model, and after it which servers are not there.</returns>
    /// <exception cref="McpServerLostException">One that is required, or a tool that is, cannot be used.</exception>
    public async Task<string> ReadyAsync(string say, CancellationToken ct)
    {
        // The first that is lost ends it: nobody waits for the others.
        await foreach (var start in Task.WhenEach(_starts).WithCancellation(ct))
            await start;
        Offer();
        if (_tools.Missing.FirstOrDefault() is { } tool)
            throw new McpServerLostException(
                $"No MCP server offers the tool {tool}, or no rule grants it, and `required-tools` has it."
            );
        string[] missing = [.. _servers.Where(server => server.Problem is not null).Select(server => server.Spec.Name)];
        return missing.Length == 0
            ? say
            : $"{say}\n\nNot available in this run: the tools of the MCP server{(missing.Length == 1 ? "" : "s")} {string.Join(", ", missing)}. Do without, and say so where it matters.";
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await Task.WhenAll(_starts).ContinueWith(_ => { }, TaskScheduler.Default);
        await Task.WhenAll(_servers.Select(server => server.DisposeAsync().AsTask()));
        _tools.Add([]);
        _over.Dispose();
    }

    private void Offer()
    {
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        List<Tool> offered = [];
        foreach (var server in _servers)
        foreach (var tool in server.Tools)
        {
            var name = names.Add(tool.Name.Short) ? tool.Name.Short : tool.Name.Hashed;
            if (name != tool.Name.Short && !names.Add(name))
                continue;
            offered.Add(
                new Tool(
                    new ToolDefinition(name, $"(MCP server {server.Spec.Name}) {tool.Description}", tool.Schema),
                    async (call, ct) => Keep(await server.CallAsync(tool, call, ct))
                )
                {
                    Mcp = tool.Name,
                }
            );
        }
        _tools.Add(offered);
    }
}
