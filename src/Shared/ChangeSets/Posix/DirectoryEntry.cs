namespace ClawCi.ChangeSets.Posix;

/// <summary>A name in a directory.</summary>
/// <param name="Type">DT_* of getdents64.</param>
internal readonly record struct DirectoryEntry(byte[] Name, byte Type)
{
    /// <summary>Null when the file system does not say.</summary>
    public bool? IsDirectory => Type == 0 ? null : Type == 4;
}
