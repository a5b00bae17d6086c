namespace ClawCi.ChangeSets;

/// <summary>One side of a change.</summary>
/// <param name="Length">Bytes of content; for a symlink, of its text.</param>
/// <param name="Sha256">Of the content, 32 bytes.</param>
/// <param name="Offset">Where the content starts in the spool; null when only its hash came.</param>
internal sealed record FileState(FileKind Kind, long Length, byte[] Sha256, long? Offset)
{
    /// <summary>Whether both are the same file to git.</summary>
    public bool Matches(FileState other) =>
        Kind == other.Kind && Length == other.Length && Sha256.AsSpan().SequenceEqual(other.Sha256);
}
