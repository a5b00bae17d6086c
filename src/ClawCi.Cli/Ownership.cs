using System.Text;
using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.Cli;

/// <summary>Lets what root wrote belong to whom the workspace belongs, so that later steps can read and remove it.</summary>
internal static class Ownership
{
    private const int MostNames = 1_000_000;

    /// <param name="path">A directory; it is given with everything below it. Symbolic links are not followed.</param>
    public static void Give(string path, string workspace)
    {
        using var root = Tree.OpenRoot(workspace);
        using var parent = Tree.OpenRoot(Path.GetDirectoryName(Path.GetFullPath(path))!);
        Give(parent, Encoding.UTF8.GetBytes(Path.GetFileName(Path.TrimEndingDirectorySeparator(path))), new(root));
    }

    private static void Give(SafeFileHandle parent, ReadOnlySpan<byte> name, TreeOwner owner)
    {
        owner.Give(parent, name);
        using var directory = Tree.Open(parent, name, OpenFlags.Directory, out _);
        if (directory is null)
            return;
        foreach (var below in Tree.List(directory, MostNames))
            Give(directory, below, owner);
    }
}
