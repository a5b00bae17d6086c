using System.Text.Json;
using ClawCi.Permissions;
using ClawCi.Tools;
using ModelContextProtocol.Client;

namespace ClawCi.Mcp;

/// <summary>A tool as a server describes it, its words made harmless.</summary>
/// <param name="Schema">Of its input; an object.</param>
/// <param name="AskAsync">Asks the server. The input is an object.</param>
internal sealed record McpTool(
    McpName Name,
    string Description,
    JsonElement Schema,
    Func<McpClient, ToolCall, CancellationToken, Task<ToolOutput>> AskAsync
)
{
    /// <summary>Of a call's input; null when it is not there, or empty.</summary>
    public static string? Text(ToolCall call, string name) =>
        call.Input.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 } text
            ? text
            : null;
}
