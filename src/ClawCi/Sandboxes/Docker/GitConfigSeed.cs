using System.Formats.Tar;
using System.Text;
using ClawCi.ChangeSets.Posix;
using ClawCi.Sandboxes.Workspaces;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.Sandboxes.Docker;

/// <summary>Git's configuration without credentials, to lie above the checkout's own.</summary>
internal static class GitConfigSeed
{
    /// <summary>Every file with its directories, which take owner and mode from those they lie above.</summary>
    public static void Write(TarWriter tar, string upper, string checkout, SanitizedGitConfig config)
    {
        using var root = Tree.OpenRoot(checkout);
        var written = new HashSet<string>();
        foreach (var file in config.Files)
        {
            for (var slash = file.Path.IndexOf('/'); slash > 0; slash = file.Path.IndexOf('/', slash + 1))
            {
                var directory = file.Path[..slash];
                if (written.Add(directory))
                    tar.WriteEntry(
                        Like(new PaxTarEntry(TarEntryType.Directory, $"{upper}/{directory}"), root, directory)
                    );
            }
            using var content = new MemoryStream(file.Content);
            var entry = Like(new PaxTarEntry(TarEntryType.RegularFile, $"{upper}/{file.Path}"), root, file.Path);
            entry.DataStream = content;
            tar.WriteEntry(entry);
        }
    }

    private static PaxTarEntry Like(PaxTarEntry entry, SafeFileHandle root, string path)
    {
        if (Tree.Status(root, Encoding.UTF8.GetBytes(path)) is { } status)
        {
            entry.Uid = (int)status.User;
            entry.Gid = (int)status.Group;
            entry.Mode = (UnixFileMode)status.Permissions;
        }
        return entry;
    }
}
