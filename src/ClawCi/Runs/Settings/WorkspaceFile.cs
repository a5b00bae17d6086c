using System.Text;
using ClawCi.ChangeSets.Posix;
using ClawCi.Configuration;

namespace ClawCi.Runs.Settings;

/// <summary>Reads files that nobody named from the workspace, whose links lead nowhere.</summary>
internal static class WorkspaceFile
{
    /// <returns>Null when there is none.</returns>
    /// <exception cref="IOException">It is there, and cannot be read or is no plain file.</exception>
    /// <exception cref="UserErrorException">It is no text.</exception>
    public static SourceFile? Find(string workspace, string name)
    {
        using var root = Tree.OpenRoot(Path.GetFullPath(workspace));
        using var file = Beneath.Open(root, Encoding.UTF8.GetBytes(name), OpenFlags.Read, out var error);
        if (file is null && error is Errno.NoEntry or Errno.NotDirectory)
            return null;
        if (file is null || !Tree.Status(file).IsFile)
            throw new IOException("it is no plain file");
        var bytes = new byte[Math.Min(Tree.Status(file).Size, SourceFile.MaxBytes + 1)];
        var length = RandomAccess.Read(file, bytes, 0);
        return SourceFile.From(name, bytes[..length]);
    }
}
