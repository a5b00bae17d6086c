using ClawCi.Messages;
using ClawCi.Permissions;

namespace ClawCi.Tools;

/// <summary>A tool the model may ask for: its definition, and how to run it.</summary>
internal sealed record Tool(ToolDefinition Definition, Func<ToolCall, CancellationToken, Task<ToolOutput>> RunAsync)
{
    /// <summary>Whether calls of the same reply, one next to the other, run at the same time.</summary>
    public bool RunsBeside { get; init; }

    /// <summary>Of an MCP server: whose it is, which its name does not tell.</summary>
    public McpName? Mcp { get; init; }
}
