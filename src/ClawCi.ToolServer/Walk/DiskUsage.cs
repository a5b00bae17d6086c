using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

#pragma warning disable CA2000 // Handles belong to the stack that the walk empties.

namespace ClawCi.ToolServer.Walk;

/// <summary>What a task's layers take on the disk: blocks, so that a sparse file counts as what it costs.</summary>
internal static class DiskUsage
{
    private const int MaxNames = 1_000_000;

    /// <param name="volume">Holds a directory for each layer, with <c>upper</c> inside.</param>
    /// <param name="enough">Nobody asks for more than whether it is over this.</param>
    /// <returns>Bytes; of hard links each counts.</returns>
    public static long Of(string volume, long enough)
    {
        var open = new Stack<(SafeFileHandle Handle, int Depth)>();
        var bytes = 0L;
        try
        {
            using var root = Tree.OpenRoot(volume);
            foreach (var layer in Tree.List(root, MaxNames))
                if (Beneath.Open(root, [.. layer, .. "/upper"u8], OpenFlags.Directory, out _) is { } upper)
                    open.Push((upper, 0));
            while (bytes <= enough && open.TryPop(out var directory))
            {
                using var handle = directory.Handle;
                foreach (var name in Tree.List(handle, MaxNames))
                {
                    // What the agent removes meanwhile takes nothing.
                    if (Tree.Status(handle, name) is not { } status)
                        continue;
                    bytes += status.Allocated;
                    if (
                        status.IsDirectory
                        && directory.Depth < ChangePath.MaxDepth
                        && Tree.Open(handle, name, OpenFlags.Directory, out _) is { } below
                    )
                        open.Push((below, directory.Depth + 1));
                }
            }
            return bytes;
        }
        finally
        {
            while (open.TryPop(out var left))
                left.Handle.Dispose();
        }
    }
}
