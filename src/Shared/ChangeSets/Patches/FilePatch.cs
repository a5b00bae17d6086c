namespace ClawCi.ChangeSets.Patches;

/// <summary>What a patch says of one file.</summary>
/// <param name="Old">Null for a file that it adds.</param>
/// <param name="New">Null for a file that it deletes.</param>
/// <param name="OldBlob">See <see cref="GitBlob"/>; null when there is no old file, or when only the mode changes.</param>
/// <param name="NewBlob">Likewise of the new one.</param>
/// <param name="Body">Hunks, or a binary patch without its title line.</param>
internal sealed record FilePatch(
    byte[] Path,
    FileKind? Old,
    FileKind? New,
    byte[]? OldBlob,
    byte[]? NewBlob,
    ReadOnlyMemory<byte> Body,
    bool IsBinary
)
{
    /// <summary>Whether the body makes the new content from nothing, although there is an old one.</summary>
    public bool IsReplacement { get; init; }

    /// <summary>For people, see <see cref="ChangePath.Display"/>.</summary>
    public string DisplayPath => ChangePath.Display(Path);

    /// <summary>Makes the new content from the old one, which must be the one that the patch is for.</summary>
    /// <exception cref="ChangeSetException">The patch does not make what it says that it makes.</exception>
    public byte[] Apply(byte[] old, long maxBytes)
    {
        if (NewBlob is null)
            return old;
        old = IsReplacement ? [] : old;
        var content = IsBinary ? BinaryPatch.Apply(old, Body, maxBytes) : TextPatch.Apply(old, Body.Span, maxBytes);
        return GitBlob.Hash(content).AsSpan().SequenceEqual(NewBlob)
            ? content
            : throw new ChangeSetException($"the patch of {DisplayPath} contradicts itself");
    }
}
