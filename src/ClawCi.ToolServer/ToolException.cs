namespace ClawCi.ToolServer;

/// <summary>A tool cannot do what was asked. The message is for the model: what, and what to do about it.</summary>
internal sealed class ToolException(string message) : Exception(message);
