namespace ClawCi.Sandboxes.Docker;

/// <param name="Mode">With the type bits.</param>
internal sealed record FileStatus(uint Uid, uint Gid, int Mode, long Size)
{
    private const int TypeMask = 0xF000;

    public UnixFileMode Permissions => (UnixFileMode)(Mode & 0xFFF);
    public bool IsDirectory => (Mode & TypeMask) == 0x4000;
    public bool IsRegular => (Mode & TypeMask) == 0x8000;
}
