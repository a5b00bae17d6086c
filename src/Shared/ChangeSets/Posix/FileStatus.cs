namespace ClawCi.ChangeSets.Posix;

/// <summary>What lstat knows.</summary>
/// <param name="Mode">Type and permission bits.</param>
/// <param name="Changed">Of the inode (ctime), nanoseconds since 1970.</param>
/// <param name="Modified">Of the content (mtime), nanoseconds since 1970.</param>
/// <param name="Allocated">Bytes on the disk.</param>
internal readonly record struct FileStatus(
    uint Mode,
    uint User,
    uint Group,
    long Size,
    long Allocated,
    long Changed,
    long Modified
)
{
    private const uint TypeMask = 0xF000;

    public bool IsDirectory => (Mode & TypeMask) == 0x4000;

    public bool IsFile => (Mode & TypeMask) == 0x8000;

    public bool IsSymlink => (Mode & TypeMask) == 0xA000;

    public uint Permissions => Mode & 0x1FF;

    /// <summary>Setuid, setgid, sticky.</summary>
    public uint SpecialBits => Mode & 0xE00;

    /// <summary>What git would record; null for directories and special files.</summary>
    public FileKind? Kind =>
        IsSymlink ? FileKind.Symlink
        : !IsFile ? null
        : (Mode & 0x40) != 0 ? FileKind.Executable
        : FileKind.File;
}
