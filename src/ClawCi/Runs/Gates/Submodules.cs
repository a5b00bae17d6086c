using System.Text;
using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using ClawCi.Configuration;
using ClawCi.Sandboxes.Workspaces;

namespace ClawCi.Runs.Gates;

/// <summary>
/// Directories of the checkout that belong to another repository: those that <c>.gitmodules</c> names, there or not, and
/// those with a <c>.git</c> of their own. To the checkout's repository such a directory is one entry, so that its patch cannot
/// carry what is inside.
/// </summary>
internal sealed class Submodules
{
    private readonly string _checkout;
    private readonly bool _isRepository;
    private readonly HashSet<string> _named = [];
    private readonly Dictionary<string, bool> _seen = [];

    /// <param name="checkout">On this machine; the sandbox writes to another layer.</param>
    public Submodules(string checkout)
    {
        _checkout = checkout;
        using var root = Tree.OpenRoot(checkout);
        // Without a repository around them, nested ones are nobody's submodules.
        _isRepository = Tree.Status(root, ".git"u8) is not null;
        foreach (var entry in GitConfigReader.Read(Read(root)))
        {
            if (entry is { Section: "submodule", Key: "path", Value: { } path })
                _named.Add(path.Trim('/'));
        }
    }

    /// <summary>The submodule that a path is, or is in, in display form; null when there is none.</summary>
    public string? Holding(ReadOnlySpan<byte> path)
    {
        for (var end = 1; end <= path.Length; end++)
        {
            if ((end == path.Length || path[end] == '/') && IsOne(path[..end]))
                return ChangePath.Display(path[..end]);
        }
        return null;
    }

    private bool IsOne(ReadOnlySpan<byte> directory)
    {
        var name = Encoding.Latin1.GetString(directory);
        if (_named.Contains(name))
            return true;
        if (!_isRepository)
            return false;
        if (!_seen.TryGetValue(name, out var found))
            _seen[name] = found = HasRepository(directory);
        return found;
    }

    private bool HasRepository(ReadOnlySpan<byte> directory)
    {
        using var root = Tree.OpenRoot(_checkout);
        using var opened = Beneath.Open(root, directory, OpenFlags.Directory, out _);
        return opened is not null && Tree.Status(opened, ".git"u8) is not null;
    }

    /// <summary><c>.gitmodules</c>; empty when it is not there or no plain file, which git does not read either.</summary>
    private static string Read(Microsoft.Win32.SafeHandles.SafeFileHandle root)
    {
        using var file = Beneath.Open(root, ".gitmodules"u8, OpenFlags.Read, out _);
        if (file is null || !Tree.Status(file).IsFile)
            return "";
        var bytes = new byte[Math.Min(Tree.Status(file).Size, SourceFile.MaxBytes)];
        return Encoding.Latin1.GetString(bytes, 0, RandomAccess.Read(file, bytes, 0));
    }
}
