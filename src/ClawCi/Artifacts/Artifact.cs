using System.Text;

namespace ClawCi.Artifacts;

/// <summary>A file that a run leaves for people or machines.</summary>
/// <param name="Path">Below the output directory, with <c>/</c>.</param>
/// <param name="Parts">The content, one part after the other. Made while they are written: a long report is never in memory as a whole.</param>
internal sealed record Artifact(string Path, IEnumerable<ReadOnlyMemory<byte>> Parts)
{
    /// <summary>Text as UTF-8. A lone surrogate, which no encoding has, becomes U+FFFD.</summary>
    public Artifact(string path, string text)
        : this(path, [Encoding.UTF8.GetBytes(text)]) { }
}
