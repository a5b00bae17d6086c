using System.Text.Json;

namespace ClawCi.Messages;

/// <summary>What the model is told of a tool.</summary>
/// <param name="InputSchema">JSON Schema of the input, an object.</param>
internal sealed record ToolDefinition(string Name, string Description, JsonElement InputSchema);
