using System.Text.Json;

namespace ClawCi.Tools;

/// <summary>A tool use, parsed and about to run.</summary>
/// <param name="Id">The tool use's id, unique in the session.</param>
/// <param name="Name">The tool's own name, aliases resolved.</param>
internal sealed record ToolCall(string Id, string Name, JsonElement Input);
