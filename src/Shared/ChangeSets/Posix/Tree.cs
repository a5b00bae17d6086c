using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ChangeSets.Posix;

/// <summary>File system calls by open directory and one name. Nothing here follows a symlink.</summary>
internal static class Tree
{
    /// <summary>A root, as the caller names it: symlinks on the way are the caller's.</summary>
    public static SafeFileHandle OpenRoot(string path)
    {
        var bytes = Encoding.UTF8.GetBytes(path);
        // Without NoFollow, which Always has: the name is trusted.
        var handle = Wrap(Libc.Open(Name(bytes), OpenFlags.Directory | 0x80000, 0));
        return handle ?? throw new PosixException(Marshal.GetLastPInvokeError(), bytes);
    }

    /// <summary>Null, and why, when it cannot be opened.</summary>
    public static SafeFileHandle? Open(SafeFileHandle directory, ReadOnlySpan<byte> name, int flags, out int error)
    {
        var handle = Wrap(Libc.OpenAt(directory, Name(name), flags | OpenFlags.Always, 0x180));
        error = handle is null ? Marshal.GetLastPInvokeError() : 0;
        return handle;
    }

    /// <summary>Null when there is nothing of that name.</summary>
    public static FileStatus? Status(SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        var found = default(StatX);
        const uint BasicStats = 0x7FF;
        var flags = Libc.AtSymlinkNoFollow | (name.IsEmpty ? Libc.AtEmptyPath : 0);
        if (Libc.StatX(directory, Name(name), flags, BasicStats, ref found) == 0)
            return new(
                found.Mode,
                found.User,
                found.Group,
                (long)found.Size,
                (long)found.Blocks * 512,
                Nanos(found.Changed),
                Nanos(found.Modified)
            );
        var error = Marshal.GetLastPInvokeError();
        return error == Errno.NoEntry ? null : throw new PosixException(error, name);

        static long Nanos(StatXTime time) => (time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }

    public static FileStatus Status(SafeFileHandle handle) => Status(handle, [])!.Value;

    /// <summary>The names in the directory, sorted as bytes.</summary>
    /// <exception cref="ChangeSetException">More than <paramref name="cap"/>.</exception>
    public static List<byte[]> List(SafeFileHandle directory, int cap) =>
        ListEntries(directory, cap).ConvertAll(static entry => entry.Name);

    /// <summary>The same with what each is, as far as the file system says so by the way.</summary>
    /// <param name="withFiles">False leaves out what the file system says is no directory.</param>
    /// <exception cref="ChangeSetException">More than <paramref name="cap"/>.</exception>
    public static List<DirectoryEntry> ListEntries(SafeFileHandle directory, int cap, bool withFiles = true)
    {
        var names = new List<DirectoryEntry>();
        // A directory that was listed before stands at its end.
        _ = Libc.LSeek(directory, 0, 0);
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            while (true)
            {
                var read = (int)Libc.GetDents(directory, ref buffer[0], buffer.Length);
                if (read < 0)
                    throw new PosixException(Marshal.GetLastPInvokeError(), "directory"u8);
                if (read == 0)
                    break;
                Collect(buffer.AsSpan(0, read), names, withFiles);
                if (names.Count > cap)
                    throw new ChangeSetException($"a directory holds more than {cap} names");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        names.Sort(static (a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        return names;
    }

    // struct linux_dirent64: inode (8), offset (8), record length (2), type (1), name, NUL.
    private static void Collect(ReadOnlySpan<byte> records, List<DirectoryEntry> names, bool withFiles)
    {
        while (!records.IsEmpty)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(records[16..]);
            var name = records[19..length];
            name = name[..name.IndexOf((byte)0)];
            var isWanted = withFiles || new DirectoryEntry([], records[18]).IsDirectory != false;
            if (isWanted && !name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                names.Add(new(name.ToArray(), records[18]));
            records = records[length..];
        }
    }

    public static byte[] ReadLink(SafeFileHandle directory, ReadOnlySpan<byte> name)
    {
        var buffer = new byte[ChangeSetCodec.MaxLinkBytes + 1];
        var length = (int)Libc.ReadLinkAt(directory, Name(name), ref buffer[0], buffer.Length);
        return length >= 0 ? buffer[..length] : throw new PosixException(Marshal.GetLastPInvokeError(), name);
    }

    public static void MakeSymlink(ReadOnlySpan<byte> text, SafeFileHandle directory, ReadOnlySpan<byte> name) =>
        Check(Libc.SymlinkAt(Name(text), directory, Name(name)), name);

    public static void MakeDirectory(SafeFileHandle directory, ReadOnlySpan<byte> name) =>
        Check(Libc.MkDirAt(directory, Name(name), 0x1C0), name);

    public static void Delete(SafeFileHandle directory, ReadOnlySpan<byte> name) =>
        Check(Libc.UnlinkAt(directory, Name(name), 0), name);

    /// <returns>False when it is not empty or may not be removed.</returns>
    public static bool TryDeleteDirectory(SafeFileHandle directory, ReadOnlySpan<byte> name) =>
        Libc.UnlinkAt(directory, Name(name), Libc.AtRemoveDir) == 0;

    /// <summary>Moves a file to a name that must be free.</summary>
    public static void Move(SafeFileHandle from, ReadOnlySpan<byte> name, SafeFileHandle to, ReadOnlySpan<byte> newName)
    {
        var (source, target) = (Name(name), Name(newName));
        if (Libc.RenameAt2(from, source, to, target, Libc.RenameNoReplace) == 0)
            return;
        var error = Marshal.GetLastPInvokeError();
        // Some network file systems know no flags.
        if (error == Errno.Invalid && Status(to, newName) is null)
            error = Libc.RenameAt2(from, source, to, target, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();
        if (error != 0)
            throw new PosixException(error, newName);
    }

    public static void SetMode(SafeFileHandle file, uint permissions) =>
        Check(Libc.FChMod(file, permissions), "mode"u8);

    public static void SetOwner(SafeFileHandle directory, ReadOnlySpan<byte> name, uint user, uint group) =>
        Check(Libc.FChOwnAt(directory, Name(name), user, group, Libc.AtSymlinkNoFollow), name);

    private static SafeFileHandle? Wrap(int descriptor) => descriptor < 0 ? null : new(descriptor, ownsHandle: true);

    private static byte[] Name(ReadOnlySpan<byte> name) => [.. name, 0];

    private static void Check(int result, ReadOnlySpan<byte> name)
    {
        if (result != 0)
            throw new PosixException(Marshal.GetLastPInvokeError(), name);
    }
}
