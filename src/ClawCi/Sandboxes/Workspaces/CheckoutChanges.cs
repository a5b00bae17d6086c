using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.Sandboxes.Workspaces;

/// <summary>
/// What somebody changed in a checkout while a killed run lay there: every file and directory is asked when it was changed. What an
/// apply of ours touched is not somebody's.
/// </summary>
internal sealed class CheckoutChanges
{
    private const int Most = 10;
    private const int MostNames = 1_000_000;

    private readonly SafeFileHandle _root;
    private readonly long _since;
    private readonly PathSet _ours;
    private readonly PathSet _hidden;
    private readonly List<string> _found = [];

    private CheckoutChanges(
        SafeFileHandle root,
        DateTimeOffset since,
        IEnumerable<byte[]> ours,
        IEnumerable<byte[]> hidden
    )
    {
        (_root, _ours, _hidden) = (root, new PathSet(ours), new PathSet(hidden));
        _since = (since.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) * TimeSpan.NanosecondsPerTick;
    }

    /// <param name="outDirectory">Not part of the workspace.</param>
    /// <param name="apply">Of an apply that was begun; null when none was.</param>
    /// <returns>The first paths that were, in display form. Git's own files do not count.</returns>
    public static IReadOnlyList<string> Since(string checkout, DateTimeOffset since, string outDirectory, string? apply)
    {
        using var root = Tree.OpenRoot(checkout);
        List<byte[]> hidden = [];
        var relative = Path.GetRelativePath(checkout, outDirectory);
        if (!Path.IsPathRooted(relative) && relative != ".." && !relative.StartsWith("../", StringComparison.Ordinal))
            hidden.Add(System.Text.Encoding.UTF8.GetBytes(relative));
        if (apply is not null)
            hidden.Add(System.Text.Encoding.UTF8.GetBytes(apply));
        var ours = apply is null ? [] : ApplyJournal.Touched(root, apply);
        var changes = new CheckoutChanges(root, since, ours, hidden);
        changes.Walk();
        return changes._found;
    }

    private void Walk()
    {
        var pending = new Stack<byte[]>([
            [],
        ]);
        while (_found.Count < Most && pending.TryPop(out var path))
        {
            using var directory = Beneath.Open(_root, path, OpenFlags.Directory, out _);
            if (directory is null)
                continue;
            foreach (var name in Tree.List(directory, MostNames))
            {
                var child = ChangePath.Join(path, name);
                if (
                    GitNames.IsGitDirectory(name)
                    || _hidden.Contains(child)
                    || Tree.Status(directory, name) is not { } status
                )
                    continue;
                if (status.IsDirectory)
                    pending.Push(child);
                if (status.Changed > _since && !IsOurs(child, status) && _found.Count < Most)
                    _found.Add(ChangePath.Display(child));
            }
        }
    }

    private bool IsOurs(byte[] path, FileStatus status) =>
        _ours.Contains(path) || (status.IsDirectory && (_ours.HasBelow(path) || _hidden.HasBelow(path)));
}
