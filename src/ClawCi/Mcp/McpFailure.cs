namespace ClawCi.Mcp;

/// <summary>A server cannot be used, or no longer.</summary>
internal sealed class McpFailure(string message, Exception? inner = null) : Exception(message, inner);
