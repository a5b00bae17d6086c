using System.Buffers;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ChangeSets;

/// <summary>Compares a tree with the old side of a change set, reading only.</summary>
internal sealed class Preflight
{
    private const int MaxNames = 1_000_000;

    private readonly SafeFileHandle _root;
    private readonly PathSet _olds;
    private readonly PathSet _deletions;
    private readonly List<ApplyConflict> _conflicts = [];
    private readonly Dictionary<ChangeEntry, FileStatus> _seen = [];

    private Preflight(SafeFileHandle root, ChangeSet changes)
    {
        _root = root;
        _olds = new PathSet(changes.Entries.Where(entry => entry.Old is not null).Select(entry => entry.Path));
        _deletions = new PathSet(changes.Entries.Where(entry => entry.New is null).Select(entry => entry.Path));
    }

    /// <returns>What does not fit, and the status of each old file that does.</returns>
    public static async Task<(List<ApplyConflict> Conflicts, Dictionary<ChangeEntry, FileStatus> Seen)> CheckAsync(
        SafeFileHandle root,
        ChangeSet changes,
        CancellationToken ct
    )
    {
        var check = new Preflight(root, changes);
        foreach (var entry in changes.Entries)
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                var problem = entry.Old is null
                    ? check.AbsenceFault(entry.Path)
                    : await check.OldFaultAsync(entry, entry.Old, ct);
                if (problem is not null)
                    check._conflicts.Add(new ApplyConflict(entry.DisplayPath, problem));
            }
            catch (IOException e)
            {
                check._conflicts.Add(new ApplyConflict(entry.DisplayPath, e.Message));
            }
        }
        return (check._conflicts, check._seen);
    }

    private async Task<string?> OldFaultAsync(ChangeEntry entry, FileState old, CancellationToken ct)
    {
        using var parent = Beneath.Open(_root, ChangePath.Parent(entry.Path), OpenFlags.Directory, out var error);
        if (parent is null)
            return ParentFault(error);
        if (Tree.Status(parent, ChangePath.Name(entry.Path)) is not { } status)
            return "was deleted";
        if (status.Kind != old.Kind)
            return "has another type or mode";
        _seen[entry] = status;
        if (status.IsSymlink)
        {
            var text = Tree.ReadLink(parent, ChangePath.Name(entry.Path));
            return Sha256.Hash(text).AsSpan().SequenceEqual(old.Sha256) ? null : "points elsewhere";
        }
        if (status.Size != old.Length)
            return "has other content";
        using var file = Tree.Open(parent, ChangePath.Name(entry.Path), OpenFlags.Read, out error);
        if (file is null)
            throw new PosixException(error, entry.Path);
        var isSame = Tree.Status(file).IsFile && await HasHashAsync(file, old, ct);
        return isSame ? null : "has other content";
    }

    /// <summary>A new path must be free, but for what the change set itself takes away.</summary>
    private string? AbsenceFault(byte[] path)
    {
        using var parent = Beneath.Open(_root, ChangePath.Parent(path), OpenFlags.Directory, out var error);
        if (parent is null)
            return error == Errno.NoEntry || _olds.HasAbove(path) ? null : ParentFault(error);
        if (Tree.Status(parent, ChangePath.Name(path)) is not { } status)
            return null;
        if (!status.IsDirectory)
            return "exists already";
        CheckReplaced(path);
        return null;
    }

    /// <summary>A directory that gives way to a file may hold only what the change set deletes.</summary>
    private void CheckReplaced(byte[] path)
    {
        var pending = new Stack<byte[]>([path]);
        while (pending.TryPop(out var next))
        {
            using var directory = Beneath.Open(_root, next, OpenFlags.Directory, out var error);
            if (directory is null)
                throw new PosixException(error, next);
            foreach (var name in Tree.List(directory, MaxNames))
            {
                var child = ChangePath.Join(next, name);
                if (Tree.Status(directory, name) is { IsDirectory: true } && child.Length <= ChangePath.MaxBytes)
                    pending.Push(child);
                else if (!_deletions.Contains(child))
                    _conflicts.Add(
                        new ApplyConflict(ChangePath.Display(child), "is in a directory that is to be replaced")
                    );
            }
        }
    }

    private static string ParentFault(int error) =>
        error switch
        {
            Errno.NoEntry => "was deleted",
            Errno.Loop or Errno.NotDirectory => "is below a symlink or file",
            _ => throw new PosixException(error, "its directory"u8),
        };

    private static async Task<bool> HasHashAsync(SafeFileHandle file, FileState expected, CancellationToken ct)
    {
        var hash = new Sha256();
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            for (
                long offset = 0;
                await RandomAccess.ReadAsync(file, buffer, offset, ct) is > 0 and var read;
                offset += read
            )
                hash.Append(buffer.AsSpan(0, read));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return hash.Finish().AsSpan().SequenceEqual(expected.Sha256);
    }
}
