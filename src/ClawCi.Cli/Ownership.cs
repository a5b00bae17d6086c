using System.Runtime.InteropServices;
using ClawCi.Sandboxes.Docker;

namespace ClawCi.Cli;

/// <summary>Lets what root wrote belong to whom the workspace belongs, so that later steps can read and remove it.</summary>
internal static partial class Ownership
{
    /// <param name="path">A file or directory with everything below it; symbolic links are not followed.</param>
    public static void Give(string path, string workspace)
    {
        if (geteuid() != 0 || Libc.Status(workspace) is not { Uid: not 0 } owner)
            return;
        Give(new DirectoryInfo(path), owner);
    }

    private static void Give(DirectoryInfo directory, FileStatus owner)
    {
        foreach (var entry in directory.EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo { LinkTarget: null } below)
                Give(below, owner);
            else
                _ = lchown(entry.FullName, owner.Uid, owner.Gid);
        }
        _ = lchown(directory.FullName, owner.Uid, owner.Gid);
    }

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lchown(string path, uint user, uint group);
}
