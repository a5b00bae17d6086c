namespace ClawCi.ToolServer.Tools;

/// <summary>The structured content of a result, for the runner.</summary>
internal sealed record ToolFacts(int? ExitCode, bool? TimedOut, long Bytes, bool Truncated);
