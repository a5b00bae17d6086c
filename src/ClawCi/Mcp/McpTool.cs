using System.Text.Json;
using ClawCi.Permissions;

namespace ClawCi.Mcp;

/// <summary>A tool as a server describes it, its words made harmless.</summary>
/// <param name="Schema">Of its input; an object.</param>
internal sealed record McpTool(McpName Name, string Description, JsonElement Schema);
