namespace ClawCi.Mcp;

/// <summary>A required server is not to be had, at the start or any more: the task ends.</summary>
internal sealed class McpServerLostException(string message) : Exception(message);
