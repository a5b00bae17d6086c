using System.Text;
using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using ClawCi.Shared;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ToolServer.Walk;

/// <summary>The ignore rules of the base. What the agent writes into a <c>.gitignore</c> hides nothing.</summary>
internal static class BaseIgnores
{
    private const int MaxBytes = 4 << 20;

    /// <summary><c>.git/info/exclude</c>, and the root's own file over it.</summary>
    public static IgnoreRules OfRoot(SafeFileHandle root) =>
        Enter(Enter(IgnoreRules.None, [], root, ".git/info/exclude"u8), [], root, ".gitignore"u8);

    /// <summary>With the rules of a directory of the base.</summary>
    public static IgnoreRules Below(IgnoreRules rules, byte[] path, SafeFileHandle directory) =>
        Enter(rules, path, directory, ".gitignore"u8);

    private static IgnoreRules Enter(
        IgnoreRules rules,
        byte[] path,
        SafeFileHandle directory,
        ReadOnlySpan<byte> file
    ) =>
        Read(directory, file) is { } content
            ? rules.Enter(Encoding.Latin1.GetString(path), IgnoreFile.Parse(content))
            : rules;

    /// <summary>Null when there is no such regular file; a symlink is none, as for git.</summary>
    private static byte[]? Read(SafeFileHandle directory, ReadOnlySpan<byte> path)
    {
        using var file = Beneath.Open(directory, path, OpenFlags.Read, out var error);
        if (file is null)
            return error is Errno.NoEntry or Errno.NotDirectory or Errno.Loop
                ? null
                : throw new PosixException(error, path);
        var status = Tree.Status(file);
        if (!status.IsFile)
            return null;
        if (status.Size > MaxBytes)
            throw new ChangeSetException($"{ChangePath.Display(path)} of the base is larger than {MaxBytes} bytes");
        var content = new byte[status.Size];
        var length = RandomAccess.Read(file, content, 0);
        return content[..length];
    }
}
