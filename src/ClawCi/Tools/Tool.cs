using ClawCi.Messages;

namespace ClawCi.Tools;

/// <summary>A tool the model may ask for: its definition, and how to run it.</summary>
internal sealed record Tool(ToolDefinition Definition, Func<ToolCall, CancellationToken, Task<ToolOutput>> RunAsync);
