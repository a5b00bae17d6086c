using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;

namespace ClawCi.Sandboxes.Docker;

/// <summary>What was sent to a daemon that cannot see the checkout: the base of all that the agent does.</summary>
/// <param name="Path">Of the checkout, for us.</param>
/// <param name="Started">Before the first byte was read.</param>
/// <param name="LeftOut">Pipes, sockets and devices.</param>
internal sealed record CheckoutCopy(string Path, DateTimeOffset Started, IReadOnlyList<string> LeftOut)
{
    /// <summary>The walk only sees the copy: which entries' files in the checkout itself were changed since is asked here.</summary>
    public ChangeSet Guard(ChangeSet changes)
    {
        using var root = Tree.OpenRoot(Path);
        return changes.With(
            changes
                .OfCheckout.Entries.Where(entry => entry.Old is not null && HasChanged(root, entry.Path))
                .Select(entry => new SkippedPath(entry.Path, SkipReason.BaseChanged, 0))
        );
    }

    private bool HasChanged(Microsoft.Win32.SafeHandles.SafeFileHandle root, byte[] path)
    {
        using var parent = Beneath.Open(root, ChangePath.Parent(path), OpenFlags.Directory, out var _);
        return parent is null
            || Tree.Status(parent, ChangePath.Name(path)) is not { } file
            || Math.Max(file.Changed, Tree.Status(parent).Changed) > Started.ToUnixTimeMilliseconds() * 1_000_000;
    }
}
