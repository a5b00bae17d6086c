using System.Text;
using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.Sandboxes.Workspaces;

/// <summary>
/// Reads the configuration of a checkout's repository, its work tree and its submodules, and of the checkouts inside it, and
/// leaves out what authenticates: extra headers, credential sections, user info in URLs, and inclusion of files that may
/// hold such.
/// </summary>
internal sealed class GitConfigSanitizer
{
    private const int MaxBytes = 4 << 20;
    private const int MaxNames = 10_000;
    private const int MaxDepth = 8;
    private const int LongestPath = 4096;

    /// <summary>In a repository: full of names, and of no other repository.</summary>
    private static readonly string[] NotModules = ["objects", "refs", "logs", "hooks", "lfs", "info", "worktrees"];

    private readonly string _checkout;
    private readonly SafeFileHandle _root;
    private readonly List<SanitizedFile> _files = [];
    private readonly HashSet<string> _seen = [];
    private readonly GitSecrets _secrets = new();

    private GitConfigSanitizer(string checkout, SafeFileHandle root) => (_checkout, _root) = (checkout, root);

    /// <param name="checkout">Without symbolic links.</param>
    /// <exception cref="SandboxException">A file of the configuration is there but cannot be read, so it cannot be hidden.</exception>
    public static SanitizedGitConfig Read(string checkout)
    {
        try
        {
            using var root = Tree.OpenRoot(checkout);
            var reader = new GitConfigSanitizer(checkout, root);
            foreach (var directory in (string[])["", .. NestedCheckouts.Below(root)])
                reader.AddCheckout(directory);
            return new SanitizedGitConfig(reader._files, reader._secrets.Values);
        }
        catch (Exception e) when (e is IOException or ChangeSetException)
        {
            throw new SandboxException(
                SandboxFailure.WorkspaceUnreachable,
                $"{checkout}: git's configuration cannot be read, so credentials in it cannot be hidden: {e.Message}",
                e
            );
        }
    }

    private void AddCheckout(string directory)
    {
        var git = Join(directory, ".git");
        AddRepository(git);
        if (PointerOf(directory, git) is { } elsewhere && Inside(directory, elsewhere) is { } repository)
            AddRepository(repository);
    }

    /// <summary>Where <c>.git</c> leads when it is no directory: in a submodule or a linked work tree it is a file that says so.</summary>
    private string? PointerOf(string directory, string git)
    {
        const string Pointer = "gitdir: ";
        if (Text(git) is { } text)
            return text.StartsWith(Pointer, StringComparison.Ordinal) ? text[Pointer.Length..] : null;
        using var parent = Open(directory, OpenFlags.Directory);
        return parent is not null && Tree.Status(parent, ".git"u8) is { IsSymlink: true }
            ? Encoding.UTF8.GetString(Tree.ReadLink(parent, ".git"u8))
            : null;
    }

    private void AddRepository(string git)
    {
        Add($"{git}/config");
        Add($"{git}/config.worktree");
        AddModules($"{git}/modules", isRepository: false, 0);
        // A linked work tree's repository has its configuration where the others have theirs.
        if (Text($"{git}/commondir") is { } common && Inside(git, common) is { } shared && _seen.Add(shared))
            AddRepository(shared);
    }

    // A submodule's repository lies at the submodule's name, which may have slashes.
    private void AddModules(string path, bool isRepository, int depth)
    {
        using var directory = Open(path, OpenFlags.Directory);
        if (directory is null || depth == MaxDepth)
            return;
        foreach (var name in Names(directory, path))
        {
            if (Tree.Status(directory, name) is not { IsDirectory: true })
                continue;
            var text = Encoding.UTF8.GetString(name);
            var module = $"{path}/{text}";
            var isModule = Add($"{module}/config");
            if (!isRepository || !NotModules.Contains(text))
                AddModules(module, isModule, depth + 1);
        }
    }

    private static List<byte[]> Names(SafeFileHandle directory, string path)
    {
        try
        {
            return Tree.List(directory, MaxNames);
        }
        catch (ChangeSetException e)
        {
            throw new IOException($"{path}: {e.Message}", e);
        }
    }

    /// <returns>Whether there is such a file.</returns>
    private bool Add(string path)
    {
        using var file = Open(path, OpenFlags.Read);
        if (file is null)
            return false;
        var status = Tree.Status(file);
        if (!status.IsFile || status.Size > MaxBytes)
            throw new IOException($"{path} is no regular file of at most {MaxBytes} bytes");
        if (!_seen.Add(path))
            return true;
        var content = new byte[status.Size];
        var length = RandomAccess.Read(file, content, 0);
        _files.Add(new SanitizedFile(path, Sanitize(Encoding.Latin1.GetString(content, 0, length))));
        return true;
    }

    /// <summary>Of a small regular file, without the line's end; null when there is none.</summary>
    private string? Text(string path)
    {
        using var file = Open(path, OpenFlags.Read);
        if (file is null || Tree.Status(file) is not { IsFile: true, Size: <= LongestPath } status)
            return null;
        var content = new byte[status.Size];
        return Encoding.UTF8.GetString(content, 0, RandomAccess.Read(file, content, 0)).TrimEnd('\n');
    }

    /// <summary>Relative to the root; null when it leads out of it, where the sandbox does not see.</summary>
    private string? Inside(string directory, string path)
    {
        var whole = Path.GetFullPath(Path.Combine(_checkout, directory, path)).TrimEnd('/');
        var root = _checkout.TrimEnd('/') + "/";
        return whole.StartsWith(root, StringComparison.Ordinal) ? whole[root.Length..] : null;
    }

    private static string Join(string directory, string name) => directory.Length == 0 ? name : $"{directory}/{name}";

    /// <summary>Null when there is nothing of the sort, or a symlink on the way.</summary>
    private SafeFileHandle? Open(string path, int flags)
    {
        var bytes = Encoding.UTF8.GetBytes(path);
        return Beneath.Open(_root, bytes, flags, out var error)
            ?? (
                error is Errno.NoEntry or Errno.NotDirectory or Errno.Loop
                    ? null
                    : throw new PosixException(error, bytes)
            );
    }

    private byte[] Sanitize(string text)
    {
        var safe = new StringBuilder();
        foreach (var line in GitConfigReader.Read(text))
        {
            if (_secrets.Strip(line) is { } kept)
                safe.Append(kept);
        }
        return Encoding.Latin1.GetBytes(safe.ToString());
    }
}
