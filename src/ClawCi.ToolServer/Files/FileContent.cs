using System.Runtime.InteropServices;
using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ToolServer.Files;

/// <summary>Whole files, read and replaced.</summary>
internal static partial class FileContent
{
    public const int MaxBytes = 20 * 1024 * 1024;
    private const int BinaryProbe = 8192;

    /// <summary>Of a longer file no hash is told: nobody shall wait for it.</summary>
    private const int HashedBytes = 4 << 20;
    private static readonly uint NewFileMode = 0x1B6 & ~CurrentUmask();
    private static int _names;

    public static byte[] ReadAll(SafeFileHandle file, string asked, long size)
    {
        if (size > MaxBytes)
            throw new ToolException(
                $"{asked} has {size} bytes, more than the {MaxBytes} this tool takes. Use bash for it."
            );
        return Read(file, size);
    }

    /// <summary>As much as <see cref="IsBinary"/> looks at.</summary>
    public static byte[] ReadStart(SafeFileHandle file, long size) => Read(file, Math.Min(size, BinaryProbe));

    private static byte[] Read(SafeFileHandle file, long size)
    {
        var content = new byte[size];
        var length = 0;
        while (length < content.Length && RandomAccess.Read(file, content.AsSpan(length), length) is > 0 and var read)
            length += read;
        return content[..length];
    }

    /// <summary>Null for a file that is too long for that.</summary>
    public static byte[]? Hash(SafeFileHandle file, string asked, long size) =>
        size > HashedBytes ? null : Hash(ReadAll(file, asked, size));

    /// <inheritdoc cref="Hash(SafeFileHandle, string, long)"/>
    public static byte[]? Hash(ReadOnlySpan<byte> content) =>
        content.Length > HashedBytes ? null : Sha256.Hash(content);

    /// <summary>As git tells: a NUL near the start.</summary>
    public static bool IsBinary(ReadOnlySpan<byte> content) =>
        content[..Math.Min(content.Length, BinaryProbe)].Contains((byte)0);

    /// <summary>Replaces the file as a whole, or not at all, and keeps its mode.</summary>
    /// <returns>Of the new file.</returns>
    public static FileStatus Replace(Location location, ReadOnlySpan<byte> content)
    {
        var temporary = System.Text.Encoding.ASCII.GetBytes(
            $".claw-{Environment.ProcessId}-{Interlocked.Increment(ref _names)}.tmp"
        );
        using var file =
            Tree.Open(location.Directory, temporary, OpenFlags.Create, out var error)
            ?? throw new ToolException(
                $"Cannot write {location.Path}: {new PosixException(error, location.Name).Message}"
            );
        try
        {
            Tree.SetMode(file, location.Status?.Permissions ?? NewFileMode);
            RandomAccess.Write(file, content, 0);
            Rename(location, temporary);
            return Tree.Status(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Tree.Delete(location.Directory, temporary);
            throw new ToolException($"Cannot write {location.Path}: {e.Message}");
        }
    }

    private static void Rename(Location location, byte[] temporary)
    {
        var (directory, name) = (location.Directory, location.Name);
        if (Libc.RenameAt2(directory, [.. temporary, 0], directory, [.. name, 0], 0) != 0)
            throw new PosixException(Marshal.GetLastPInvokeError(), name);
    }

    private static uint CurrentUmask()
    {
        // It can only be read by setting it.
        var mask = Umask(0);
        _ = Umask(mask);
        return mask;
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint Umask(uint mask);
}
