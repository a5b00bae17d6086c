namespace ClawCi.Shared;

/// <summary>A file that git tracks, as it saw it last.</summary>
internal readonly ref struct GitIndexEntry(
    ReadOnlySpan<byte> path,
    ReadOnlySpan<byte> hash,
    uint mode,
    uint size,
    long modified,
    bool isSkipped
)
{
    /// <summary>Relative to the root, as bytes.</summary>
    public ReadOnlySpan<byte> Path { get; } = path;

    /// <summary>Of its blob.</summary>
    public ReadOnlySpan<byte> Hash { get; } = hash;

    /// <summary>The low 32 bits; 0 also when git does not trust what it saw.</summary>
    public uint Size { get; } = size;

    /// <summary>mtime, nanoseconds since 1970.</summary>
    public long Modified { get; } = modified;

    /// <summary>Whether git was told not to look at the file.</summary>
    public bool IsSkipped { get; } = isSkipped;

    /// <summary>No link and no submodule.</summary>
    public bool IsFile { get; } = (mode & 0xF000) == 0x8000;
}
