using System.Text;
using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using ClawCi.Configuration;

namespace ClawCi.Runs.Trust;

/// <summary>
/// Files that are looked for in a directory rather than named. Only plain ones count: a link could lead to a file of the host that
/// nobody meant to show.
/// </summary>
/// <param name="shown">What stands before their paths in messages; empty is nothing.</param>
internal sealed class PlainFiles(string directory, string shown)
{
    private const int Most = 1_000;

    /// <summary>Null when there is none.</summary>
    /// <exception cref="UserErrorException">It is too large, or no text.</exception>
    public SourceFile? Find(string relative)
    {
        try
        {
            using var root = Tree.OpenRoot(directory);
            using var file = Beneath.Open(root, Encoding.UTF8.GetBytes(relative), OpenFlags.Read, out _);
            if (file is null || Tree.Status(file) is not { IsFile: true } status)
                return null;
            var bytes = new byte[Math.Min(status.Size, SourceFile.MaxBytes + 1)];
            var length = RandomAccess.Read(file, bytes, 0);
            return SourceFile.From(Path.Combine(shown, relative), bytes[..length]);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Names in one of its directories, sorted; none when it is not there.</summary>
    public IReadOnlyList<string> Names(string relative)
    {
        try
        {
            using var root = Tree.OpenRoot(directory);
            using var opened = Beneath.Open(root, Encoding.UTF8.GetBytes(relative), OpenFlags.Directory, out _);
            return opened is null ? [] : Tree.List(opened, Most).ConvertAll(Encoding.UTF8.GetString);
        }
        catch (Exception e) when (e is IOException or ChangeSetException)
        {
            return [];
        }
    }

    /// <summary>Markdown files in one of its directories and those below it, without their ending, <c>:</c> for every slash.</summary>
    public IEnumerable<string> Commands(string relative) =>
        Names(relative)
            .SelectMany(name =>
                name.EndsWith(".md", StringComparison.Ordinal)
                    ? [name[..^3]]
                    : Names($"{relative}/{name}")
                        .Where(below => below.EndsWith(".md", StringComparison.Ordinal))
                        .Select(below => $"{name}:{below[..^3]}")
            );
}
