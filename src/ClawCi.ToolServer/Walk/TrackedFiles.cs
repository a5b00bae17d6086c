using System.Buffers;
using ClawCi.ChangeSets.Posix;
using ClawCi.Shared;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ToolServer.Walk;

/// <summary>
/// What git tracks in the base: for git that is never ignored. Its index is read when something ignored was touched, and
/// not before.
/// </summary>
/// <param name="index">Path of an index elsewhere; null takes the one in <c>.git</c>.</param>
internal sealed class TrackedFiles(SafeFileHandle root, string? index)
{
    private const int MaxIndexBytes = 64 << 20;
    private const int MaxPathBytes = 64 << 20;

    private readonly Lazy<Known?> _known = new(() => Read(root, index));

    /// <param name="isInBase">Counts where no index can be read: then what is there is taken for tracked.</param>
    /// <returns>Of a directory, whether it holds a file that is tracked.</returns>
    public bool Has(byte[] path, bool isDirectory, bool isInBase) =>
        _known.Value is { } known ? known.Has(path, isDirectory) : isInBase;

    private static Known? Read(SafeFileHandle root, string? elsewhere)
    {
        using var file = elsewhere is null ? Open(root, out var error) : OpenAt(elsewhere, out error);
        if (file is null)
            // A repository in which nothing was ever added has no index.
            return elsewhere is null && error == Errno.NoEntry && HasRepository(root) ? Known.Nothing : null;
        if (Tree.Status(file) is not { IsFile: true, Size: <= MaxIndexBytes } status)
            return null;
        var content = new byte[status.Size];
        if (RandomAccess.Read(file, content, 0) != content.Length || GitIndex.Read(content) is not { } index)
            return null;
        var paths = new ArrayBufferWriter<byte>(Math.Max(content.Length, 1));
        var ends = new List<int>(index.Count);
        index.Each(entry =>
        {
            if (paths.WrittenCount > MaxPathBytes)
                return;
            paths.Write(entry.Path);
            ends.Add(paths.WrittenCount);
        });
        return ends.Count == index.Count ? new Known(paths.WrittenMemory, ends) : null;
    }

    private static SafeFileHandle? Open(SafeFileHandle root, out int error) =>
        Beneath.Open(root, ".git/index"u8, OpenFlags.Read, out error);

    private static SafeFileHandle? OpenAt(string path, out int error)
    {
        error = 0;
        return File.Exists(path) ? File.OpenHandle(path) : null;
    }

    private static bool HasRepository(SafeFileHandle root)
    {
        using var git = Beneath.Open(root, ".git"u8, OpenFlags.Directory, out _);
        return git is not null;
    }

    /// <summary>Paths one after the other, in the order of their bytes, which is git's.</summary>
    private sealed record Known(ReadOnlyMemory<byte> Paths, List<int> Ends)
    {
        public static Known Nothing { get; } = new(default, []);

        public bool Has(byte[] path, bool isDirectory)
        {
            byte[] wanted = isDirectory ? [.. path, (byte)'/'] : path;
            var (from, to) = (0, Ends.Count);
            while (from < to)
            {
                var middle = (from + to) / 2;
                if (At(middle).SequenceCompareTo(wanted) < 0)
                    from = middle + 1;
                else
                    to = middle;
            }
            return from < Ends.Count && (isDirectory ? At(from).StartsWith(wanted) : At(from).SequenceEqual(wanted));
        }

        private ReadOnlySpan<byte> At(int i) => Paths.Span[(i == 0 ? 0 : Ends[i - 1])..Ends[i]];
    }
}
