namespace ClawCi.Sandboxes;

/// <summary>What a tool in the container answered: a claim of the container's, never evidence.</summary>
/// <param name="Text">What the model reads.</param>
/// <param name="End">Of a command: <c>exit</c>, <c>signal</c>, <c>timeout</c>, <c>oom</c> or <c>spawn-error</c>.</param>
/// <param name="Running">Commands in the background; null when the answer is not about commands.</param>
/// <param name="Raw">A command's output as it was, from its start, when it was asked for and the text is cut.</param>
/// <param name="Bytes">Size of the whole output, before it was cut.</param>
internal sealed record SandboxAnswer(
    string Text,
    bool IsError,
    int? ExitCode,
    bool TimedOut,
    long Bytes,
    bool Truncated,
    string? End = null,
    int? Running = null,
    byte[]? Raw = null
)
{
    /// <summary>Images and PDF documents as the container sent them: their types are told by their first bytes, the rest is unread.</summary>
    public IReadOnlyList<(string Type, byte[] Bytes)> Media { get; init; } = [];

    /// <summary>SHA-256 of the file that a file tool read or wrote, as it was then; lower-case hex.</summary>
    public string? FileSha256 { get; init; }
}
