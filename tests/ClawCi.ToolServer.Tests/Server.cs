using System.Text.Json;
using ClawCi.TestSupport;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace ClawCi.ToolServer.Tests;

/// <summary>The tool server as a child process, with a workspace of its own, spoken to by a real client.</summary>
internal sealed class Server(McpClient client, TempDirectory workspace) : IAsyncDisposable
{
    public McpClient Client => client;

    /// <summary>The workspace on disk.</summary>
    public TempDirectory Files => workspace;

    public static async Task<Server> StartAsync(
        CancellationToken ct,
        string test = "server",
        Dictionary<string, string?>? environment = null
    )
    {
        var workspace = new TempDirectory(test);
        var transport = new StdioClientTransport(
            new()
            {
                Name = "claw-toolserver",
                Command = Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet",
                Arguments = [ServerDll, "serve", "--workspace", workspace.Path],
                // What a container does not have: the server's own defaults count.
                EnvironmentVariables = new Dictionary<string, string?>(environment ?? [])
                {
                    ["TERM"] = null,
                    ["CI"] = null,
                    ["PAGER"] = null,
                },
            }
        );
        return new(await McpClient.CreateAsync(transport, cancellationToken: ct), workspace);
    }

    public static string ServerDll => Path.Combine(AppContext.BaseDirectory, "claw-toolserver.dll");

    public Task<Answer> BashAsync(string command, CancellationToken ct, int? timeoutSeconds = null) =>
        CallAsync("bash", ct, ("command", command), ("timeout_seconds", timeoutSeconds));

    public async Task<Answer> CallAsync(string tool, CancellationToken ct, params (string Name, object? Value)[] input)
    {
        var arguments = input.Where(i => i.Value is not null).ToDictionary(i => i.Name, i => i.Value);
        return new(await client.CallToolAsync(tool, arguments, cancellationToken: ct));
    }

    public async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        workspace.Dispose();
    }
}

/// <summary>A result as the runner sees it.</summary>
internal sealed record Answer(CallToolResult Result)
{
    public string Text => ((TextContentBlock)Result.Content[0]).Text;

    public bool IsError => Result.IsError is true;

    public int? ExitCode => Facts.TryGetProperty("exit_code", out var code) ? code.GetInt32() : null;

    public string? End => Facts.TryGetProperty("end", out var end) ? end.GetString() : null;

    public int? Running => Facts.TryGetProperty("running", out var running) ? running.GetInt32() : null;

    public bool TimedOut => Facts.TryGetProperty("timed_out", out var timedOut) && timedOut.GetBoolean();

    public long Bytes => Facts.GetProperty("bytes").GetInt64();

    public bool Truncated => Facts.GetProperty("truncated").GetBoolean();

    private JsonElement Facts => Result.StructuredContent!.Value;
}
