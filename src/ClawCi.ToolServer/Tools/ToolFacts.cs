using ClawCi.ToolServer.Commands;

namespace ClawCi.ToolServer.Tools;

/// <summary>The structured content of a result, for the runner.</summary>
/// <param name="End">Of bash: how the command ended.</param>
/// <param name="Running">Of bash and its companions: commands that run in the background now.</param>
internal sealed record ToolFacts(
    int? ExitCode,
    bool? TimedOut,
    long Bytes,
    bool Truncated,
    CommandEnd? End,
    int? Running
);
