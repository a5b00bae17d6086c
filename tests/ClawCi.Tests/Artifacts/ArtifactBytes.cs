using ClawCi.Artifacts;

namespace ClawCi.Tests.Artifacts;

internal static class ArtifactBytes
{
    /// <summary>The whole content.</summary>
    public static byte[] Bytes(this Artifact artifact) => [.. artifact.Parts.SelectMany(part => part.ToArray())];
}
