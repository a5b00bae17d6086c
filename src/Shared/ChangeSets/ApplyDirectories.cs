using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ChangeSets;

/// <summary>The directories that come and go with files: git knows none of them.</summary>
internal sealed class ApplyDirectories(SafeFileHandle root, ChangeSet changes, ApplyJournal journal, TreeOwner owner)
{
    private const uint NewMode = 0x1ED;

    private readonly PathSet _newFiles = new(
        changes.Entries.Where(entry => entry.New is not null).Select(entry => entry.Path)
    );

    /// <summary>Removes the directories that the deletion of <paramref name="path"/> left empty, unless new files go there.</summary>
    public void RemoveEmptyParents(byte[] path)
    {
        for (var parent = ChangePath.Parent(path); !parent.IsEmpty; parent = ChangePath.Parent(parent))
        {
            var directory = parent.ToArray();
            if (_newFiles.HasBelow(directory) || !TryRemove(directory))
                return;
        }
    }

    /// <summary>Makes the directories above a new file, and takes away the empty ones that are in its place.</summary>
    public void MakeRoomFor(byte[] path)
    {
        MakeParents(path);
        using var parent = Open(ChangePath.Parent(path));
        if (Tree.Status(parent, ChangePath.Name(path)) is { IsDirectory: true })
            RemoveTree(path);
    }

    private void MakeParents(byte[] path)
    {
        using (var parent = Beneath.Open(root, ChangePath.Parent(path), OpenFlags.Directory, out var error))
        {
            if (parent is not null)
                return;
            if (error != Errno.NoEntry)
                throw new PosixException(error, path);
        }
        var end = 0;
        while (path.AsSpan(end).IndexOf((byte)'/') is >= 0 and var length)
        {
            var directory = path[..(end + length)];
            using var above = Open(ChangePath.Parent(directory));
            if (Tree.Status(above, ChangePath.Name(directory)) is null)
            {
                journal.Do(
                    new ApplyStep(ApplyStep.MakeDirectory, directory, 0, default),
                    () => Tree.MakeDirectory(above, ChangePath.Name(directory))
                );
                SetMode(directory, NewMode);
                owner.Give(above, ChangePath.Name(directory));
            }
            end += length + 1;
        }
    }

    private void RemoveTree(byte[] path)
    {
        using var directory = Open(path);
        foreach (var name in Tree.List(directory, int.MaxValue))
        {
            // What is no directory any more makes the removal below fail, which rolls back.
            if (Tree.Status(directory, name) is { IsDirectory: true })
                RemoveTree(ChangePath.Join(path, name));
        }
        if (!TryRemove(path))
            throw new PosixException(Errno.NotEmpty, path);
    }

    private bool TryRemove(byte[] path)
    {
        using var parent = Open(ChangePath.Parent(path));
        if (Tree.Status(parent, ChangePath.Name(path)) is not { IsDirectory: true } status)
            return false;
        var isRemoved = false;
        journal.Do(
            new ApplyStep(ApplyStep.RemoveDirectory, path, 0, status),
            () => isRemoved = Tree.TryDeleteDirectory(parent, ChangePath.Name(path))
        );
        return isRemoved;
    }

    private void SetMode(byte[] path, uint permissions)
    {
        using var directory = Open(path);
        Tree.SetMode(directory, permissions);
    }

    private SafeFileHandle Open(ReadOnlySpan<byte> path) =>
        Beneath.Open(root, path, OpenFlags.Directory, out var error) ?? throw new PosixException(error, path);
}
