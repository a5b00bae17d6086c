using ClawCi.ChangeSets.Posix;

namespace ClawCi.Docker.Tests;

internal static class Owner
{
    public static FileStatus Of(string directory)
    {
        using var root = Tree.OpenRoot(directory);
        return Tree.Status(root);
    }
}
