using ClawCi.Messages;

namespace ClawCi.Tools;

/// <summary>What a tool answered.</summary>
/// <param name="Text">What the model reads.</param>
/// <param name="ExitCode">Of bash: the command's exit code, 128+n after signal n.</param>
/// <param name="End">Of a command: <c>exit</c>, <c>signal</c>, <c>timeout</c>, <c>oom</c> or <c>spawn-error</c>.</param>
/// <param name="Blob">Name of the file that holds more of the output than the text.</param>
/// <param name="Bytes">Size of the whole output before truncation.</param>
internal sealed record ToolOutput(
    string Text,
    bool IsError,
    int? ExitCode = null,
    long Bytes = 0,
    bool Truncated = false,
    string? End = null,
    string? Blob = null
)
{
    /// <summary>Images and documents that belong to the text.</summary>
    public IReadOnlyList<MediaBlock> Media { get; init; } = [];

    /// <summary>SHA-256 of the file that a file tool read or wrote, by the sandbox's word; lower-case hex.</summary>
    public string? FileSha256 { get; init; }
}
