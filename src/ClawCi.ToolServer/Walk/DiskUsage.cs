using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

#pragma warning disable CA2000 // Handles belong to the stack that the walk empties.

namespace ClawCi.ToolServer.Walk;

/// <summary>What a task's layers take on the disk: blocks, so that a sparse file counts as what it costs.</summary>
internal static class DiskUsage
{
    private const int MaxNames = 1_000_000;

    /// <summary>One is open for each directory on the way down, of 16384 that may be.</summary>
    private const int Deepest = 8_000;

    /// <param name="volume">Holds a directory for each layer, with <c>upper</c> inside.</param>
    /// <param name="enough">Nobody asks for more than whether it is over this.</param>
    /// <returns>Bytes; of hard links each counts.</returns>
    /// <exception cref="ChangeSetException">Nested too deep to be counted, or too wide.</exception>
    /// <exception cref="PosixException">A directory cannot be looked into.</exception>
    public static long Of(string volume, long enough)
    {
        var bytes = 0L;
        using var root = Tree.OpenRoot(volume);
        foreach (var layer in Tree.List(root, MaxNames))
        {
            if (
                bytes <= enough
                && Beneath.Open(root, [.. layer, .. "/upper"u8], OpenFlags.Directory, out _) is { } upper
            )
                bytes += Below(upper, enough - bytes);
        }
        return bytes;
    }

    private static long Below(SafeFileHandle upper, long enough)
    {
        var open = new Stack<(SafeFileHandle Handle, Queue<byte[]> Directories)>();
        var bytes = 0L;
        try
        {
            open.Push((upper, []));
            bytes += Count(open.Peek());
            while (bytes <= enough && open.TryPeek(out var current))
            {
                if (!current.Directories.TryDequeue(out var name))
                {
                    open.Pop().Handle.Dispose();
                    continue;
                }
                if (Enter(current.Handle, name) is not { } below)
                    continue;
                open.Push((below, []));
                if (open.Count > Deepest)
                    throw new ChangeSetException($"directories are nested more than {Deepest} deep");
                bytes += Count(open.Peek());
            }
            return bytes;
        }
        finally
        {
            while (open.TryPop(out var left))
                left.Handle.Dispose();
        }
    }

    /// <summary>Of what is in the directory itself, whose own directories wait to be entered.</summary>
    private static long Count((SafeFileHandle Handle, Queue<byte[]> Directories) directory)
    {
        var bytes = 0L;
        foreach (var name in Names(directory.Handle))
        {
            // What the agent removes meanwhile takes nothing.
            if (Tree.Status(directory.Handle, name) is not { } status)
                continue;
            bytes += status.Allocated;
            if (status.IsDirectory)
                directory.Directories.Enqueue(name);
        }
        return bytes;
    }

    private static List<byte[]> Names(SafeFileHandle directory)
    {
        try
        {
            return Tree.List(directory, MaxNames);
        }
        catch (PosixException e) when (e.Error == Errno.NoEntry)
        {
            // Removed since it was opened.
            return [];
        }
    }

    /// <summary>Null when it is no longer there. Nothing else keeps a directory from being counted.</summary>
    private static SafeFileHandle? Enter(SafeFileHandle parent, byte[] name) =>
        Tree.Open(parent, name, OpenFlags.Directory, out var error)
        ?? (error is Errno.NoEntry or Errno.NotDirectory or Errno.Loop ? null : throw new PosixException(error, name));
}
