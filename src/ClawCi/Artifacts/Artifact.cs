using System.Text;

namespace ClawCi.Artifacts;

/// <summary>A file that a run leaves for people or machines.</summary>
/// <param name="Path">Below the output directory, with <c>/</c>.</param>
internal sealed record Artifact(string Path, ReadOnlyMemory<byte> Content)
{
    /// <summary>Text as UTF-8. A lone surrogate, which no encoding has, becomes U+FFFD.</summary>
    public Artifact(string path, string text)
        : this(path, Encoding.UTF8.GetBytes(text)) { }
}
