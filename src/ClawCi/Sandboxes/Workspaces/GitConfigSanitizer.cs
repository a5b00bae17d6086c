using System.Text;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.Sandboxes.Workspaces;

/// <summary>
/// Reads the configuration of a checkout's repository, its work tree and its submodules, and leaves out what
/// authenticates: extra headers, credential sections, user info in URLs, and inclusion of files that may hold such.
/// </summary>
internal static class GitConfigSanitizer
{
    private const int MaxBytes = 4 << 20;
    private const int MaxNames = 10_000;
    private const int MaxDepth = 8;

    /// <exception cref="SandboxException">A file of the configuration is there but cannot be read, so it cannot be hidden.</exception>
    public static SanitizedGitConfig Read(string checkout)
    {
        var files = new List<SanitizedFile>();
        var secrets = new GitSecrets();
        try
        {
            using var root = Tree.OpenRoot(checkout);
            Add(root, ".git/config", files, secrets);
            Add(root, ".git/config.worktree", files, secrets);
            AddModules(root, ".git/modules", 0, files, secrets);
        }
        catch (IOException e)
        {
            throw new SandboxException(
                SandboxFailure.WorkspaceUnreachable,
                $"{checkout}: git's configuration cannot be read, so credentials in it cannot be hidden: {e.Message}",
                e
            );
        }
        return new SanitizedGitConfig(files, secrets.Values);
    }

    // A submodule's repository lies at the submodule's name, which may have slashes.
    private static void AddModules(
        SafeFileHandle root,
        string path,
        int depth,
        List<SanitizedFile> files,
        GitSecrets secrets
    )
    {
        using var directory = Open(root, path, OpenFlags.Directory);
        if (directory is null || depth == MaxDepth)
            return;
        foreach (var name in Tree.List(directory, MaxNames))
        {
            if (Tree.Status(directory, name) is not { IsDirectory: true } || name.AsSpan().SequenceEqual("objects"u8))
                continue;
            var module = $"{path}/{Encoding.UTF8.GetString(name)}";
            Add(root, $"{module}/config", files, secrets);
            AddModules(root, module, depth + 1, files, secrets);
        }
    }

    private static void Add(SafeFileHandle root, string path, List<SanitizedFile> files, GitSecrets secrets)
    {
        using var file = Open(root, path, OpenFlags.Read);
        if (file is null)
            return;
        var status = Tree.Status(file);
        if (!status.IsFile || status.Size > MaxBytes)
            throw new IOException($"{path} is no regular file of at most {MaxBytes} bytes");
        var content = new byte[status.Size];
        var length = RandomAccess.Read(file, content, 0);
        files.Add(new SanitizedFile(path, Sanitize(Encoding.Latin1.GetString(content, 0, length), secrets)));
    }

    /// <summary>Null when there is nothing of the sort. A symlink leads out of what the sandbox sees, or back to what is read anyway.</summary>
    private static SafeFileHandle? Open(SafeFileHandle root, string path, int flags)
    {
        var bytes = Encoding.UTF8.GetBytes(path);
        return Beneath.Open(root, bytes, flags, out var error)
            ?? (
                error is Errno.NoEntry or Errno.NotDirectory or Errno.Loop
                    ? null
                    : throw new PosixException(error, bytes)
            );
    }

    private static byte[] Sanitize(string text, GitSecrets secrets)
    {
        var safe = new StringBuilder();
        foreach (var line in GitConfigReader.Read(text))
        {
            if (secrets.Strip(line) is { } kept)
                safe.Append(kept);
        }
        return Encoding.Latin1.GetBytes(safe.ToString());
    }
}
