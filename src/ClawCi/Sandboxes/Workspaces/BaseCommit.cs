using System.Text;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.Sandboxes.Workspaces;

/// <summary>The commit that a checkout stands on, found by reading files: whatever lies there, it runs nothing.</summary>
internal static class BaseCommit
{
    private const int MaxBytes = 16 << 20;

    /// <summary>The directory of the checkout that a path is in: itself, or one above it; null when it is in none.</summary>
    public static string? RootOf(string path)
    {
        for (var at = Path.GetFullPath(path); at is not null; at = Path.GetDirectoryName(at))
        {
            if (Path.Exists(Path.Combine(at, ".git")))
                return at;
        }
        return null;
    }

    /// <param name="checkout">Or a directory in one.</param>
    /// <returns>Hexadecimal digits, 40 or 64; null without a repository or a commit.</returns>
    public static string? Read(string checkout)
    {
        try
        {
            var path = RepositoryPath(RootOf(checkout) ?? checkout);
            using var git = Tree.OpenRoot(path);
            if (ReadText(git, "HEAD") is not { } head)
                return null;
            if (IsOne(head))
                return head;
            return head.StartsWith("ref: refs/", StringComparison.Ordinal) ? Resolve(git, path, head[5..]) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>What HEAD names: a branch; null when it stands on a commit itself, or there is no repository.</summary>
    public static string? Branch(string checkout)
    {
        const string Branches = "ref: refs/heads/";
        try
        {
            using var git = Tree.OpenRoot(RepositoryPath(RootOf(checkout) ?? checkout));
            return ReadText(git, "HEAD") is { } head && head.StartsWith(Branches, StringComparison.Ordinal)
                ? head[Branches.Length..]
                : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Git's list of the files that it tracks; null when there is none that can be read.</summary>
    public static byte[]? Index(string checkout, int maxBytes)
    {
        try
        {
            using var git = Tree.OpenRoot(RepositoryPath(checkout));
            using var file = Tree.Open(git, "index"u8, OpenFlags.Read, out _);
            if (file is null || Tree.Status(file) is not { IsFile: true } status || status.Size > maxBytes)
                return null;
            var content = new byte[status.Size];
            return RandomAccess.Read(file, content, 0) == content.Length ? content : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Where a linked work tree has its index: outside the checkout. Null where <c>.git</c> is a directory, or nothing.</summary>
    public static string? LinkedIndex(string checkout) =>
        File.Exists(Path.Combine(checkout, ".git")) ? Path.Combine(RepositoryPath(checkout), "index") : null;

    /// <summary>Where the repository of a checkout keeps its objects; null without a repository.</summary>
    public static string? ObjectsOf(string checkout)
    {
        try
        {
            var path = RepositoryPath(checkout);
            using var git = Tree.OpenRoot(path);
            var objects = Path.GetFullPath(Path.Combine(path, ReadText(git, "commondir") ?? ".", "objects"));
            return Directory.Exists(objects) && !objects.Contains('\n', StringComparison.Ordinal) ? objects : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>What <c>.git</c> is, or in a linked work tree says.</summary>
    private static string RepositoryPath(string checkout)
    {
        const string Pointer = "gitdir: ";
        using var root = Tree.OpenRoot(checkout);
        var text = ReadText(root, ".git");
        var isPointer = text?.StartsWith(Pointer, StringComparison.Ordinal) == true;
        return Path.Combine(checkout, isPointer ? text![Pointer.Length..] : ".git");
    }

    private static string? Resolve(SafeFileHandle git, string path, string reference)
    {
        // A linked work tree shares the refs of the repository that it belongs to.
        var shared = ReadText(git, "commondir");
        using var common = Tree.OpenRoot(Path.Combine(path, shared ?? "."));
        var loose = ReadText(git, reference) ?? ReadText(common, reference);
        if (loose is not null)
            return IsOne(loose) ? loose : null;
        // "hash name", a line for each.
        return ReadText(common, "packed-refs")
            ?.Split('\n')
            .Where(line => line.EndsWith($" {reference}", StringComparison.Ordinal))
            .Select(line => line[..^(reference.Length + 1)])
            .FirstOrDefault(IsOne);
    }

    /// <summary>Null for anything but a regular file of bearable size that no symlink leads to.</summary>
    private static string? ReadText(SafeFileHandle directory, string path)
    {
        using var file = Beneath.Open(directory, Encoding.UTF8.GetBytes(path), OpenFlags.Read, out _);
        if (file is null || Tree.Status(file) is not { IsFile: true, Size: <= MaxBytes } status)
            return null;
        var content = new byte[status.Size];
        var text = Encoding.UTF8.GetString(content, 0, RandomAccess.Read(file, content, 0)).TrimEnd('\n');
        return text.Contains('\0', StringComparison.Ordinal) ? null : text;
    }

    /// <summary>Whether the text is a commit's whole name.</summary>
    public static bool IsOne(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigitLower);
}
