using System.Text;
using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.Sandboxes.Workspaces;

/// <summary>
/// Checkouts inside a checkout, such as a second <c>actions/checkout</c> with a <c>path</c> leaves. Those nearest the root
/// are found first, and so many directories are looked into and no more.
/// </summary>
internal static class NestedCheckouts
{
    private const int Deepest = 3;
    private const int MostDirectories = 4_000;
    private const int MostNames = 1_000_000;

    /// <returns>Relative paths of directories below the root that have a <c>.git</c>, whatever it is.</returns>
    /// <exception cref="IOException">One cannot be named, and so not be cleaned.</exception>
    public static List<string> Below(SafeFileHandle root)
    {
        var found = new List<string>();
        var pending = new Queue<(byte[] Path, int Depth)>([([], 0)]);
        for (var looked = 0; looked < MostDirectories && pending.TryDequeue(out var at); looked++)
        {
            // One that is closed to us, or gone by now, holds nothing for the agent either: it is whoever owns the checkout.
            using var directory = Beneath.Open(root, at.Path, OpenFlags.Directory, out _);
            if (directory is null)
                continue;
            if (at.Depth > 0 && Tree.Status(directory, ".git"u8) is not null)
                found.Add(Text(at.Path));
            if (at.Depth == Deepest)
                continue;
            foreach (var entry in Tree.ListEntries(directory, MostNames, withFiles: false))
            {
                if (
                    !CheckoutFiles.IsPassedOver(entry.Name)
                    && (entry.IsDirectory ?? Tree.Status(directory, entry.Name) is { IsDirectory: true })
                )
                    pending.Enqueue((ChangePath.Join(at.Path, entry.Name), at.Depth + 1));
            }
        }
        return found;
    }

    private static string Text(byte[] path)
    {
        var text = Encoding.UTF8.GetString(path);
        return Encoding.UTF8.GetBytes(text).AsSpan().SequenceEqual(path)
            ? text
            : throw new IOException($"{ChangePath.Display(path)} is a name that is no UTF-8");
    }
}
