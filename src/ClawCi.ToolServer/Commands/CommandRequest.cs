namespace ClawCi.ToolServer.Commands;

/// <summary>A shell command to run to its end.</summary>
internal sealed record CommandRequest(string Command, TimeSpan Timeout);
