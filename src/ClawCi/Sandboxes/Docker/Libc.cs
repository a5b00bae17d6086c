using System.Runtime.InteropServices;
using System.Text;

namespace ClawCi.Sandboxes.Docker;

/// <summary>What .NET does not tell of a file: its owner, and where it really is.</summary>
internal static partial class Libc
{
    private const int AtFdCwd = -100;
    private const int AtSymlinkNoFollow = 0x100;
    private const uint BasicStats = 0x7ff;
    private const int LongestPath = 4096;

    /// <summary>Of the file itself, not of what a symbolic link points to. Null when it is not there.</summary>
    public static FileStatus? Status(string path) =>
        statx(AtFdCwd, path, AtSymlinkNoFollow, BasicStats, out var buffer) == 0
            ? new FileStatus(buffer.Uid, buffer.Gid, buffer.Mode, (long)buffer.Size)
            : null;

    /// <summary>The path without symbolic links. Null when it is not there.</summary>
    public static unsafe string? RealPath(string path)
    {
        var buffer = stackalloc byte[LongestPath + 1];
        return realpath(path, buffer) is null
            ? null
            : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(buffer));
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int directory, string path, int flags, uint mask, out StatxBuffer buffer);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial byte* realpath(string path, byte* resolved);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatxBuffer
    {
        [FieldOffset(20)]
        public uint Uid;

        [FieldOffset(24)]
        public uint Gid;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(40)]
        public ulong Size;
    }
}
