using System.Text;
using ClawCi.ToolServer.Commands;

namespace ClawCi.ToolServer.Tools;

/// <summary>What a tool answers.</summary>
/// <param name="Text">What the model reads.</param>
/// <param name="Bytes">Size of the whole output, before anything was left out.</param>
/// <param name="Truncated">Something was left out; the text says what and how to get it.</param>
internal sealed record ToolAnswer(
    string Text,
    long Bytes,
    bool IsError = false,
    bool Truncated = false,
    int? ExitCode = null,
    CommandEnd? End = null,
    int? Running = null,
    byte[]? Raw = null
)
{
    /// <summary>An image or a document that belongs to the text.</summary>
    public (string Type, byte[] Bytes)? Media { get; init; }

    /// <summary>SHA-256 of the file that was read or written, as it is now; null when the answer is about none, or it is long.</summary>
    public byte[]? FileHash { get; init; }

    public static ToolAnswer Of(string text, bool truncated = false) =>
        new(text, Encoding.UTF8.GetByteCount(text), Truncated: truncated);

    public static ToolAnswer Error(string text) => new(text, Encoding.UTF8.GetByteCount(text), IsError: true);
}
