using ClawCi.ToolServer.Commands;

namespace ClawCi.ToolServer.Tools;

/// <summary>The structured content of a result, for the runner.</summary>
/// <param name="End">Of bash: how the command ended.</param>
/// <param name="Running">Of bash and its companions: commands that run in the background now.</param>
/// <param name="Raw">Of bash, when the text is cut and the runner asked: the output's first bytes; base64 on the wire.</param>
/// <param name="FileSha256">Of file tools: of the file as it is now; lower-case hex.</param>
internal sealed record ToolFacts(
    int? ExitCode,
    bool? TimedOut,
    long Bytes,
    bool Truncated,
    CommandEnd? End,
    int? Running,
    byte[]? Raw,
    string? FileSha256
);
