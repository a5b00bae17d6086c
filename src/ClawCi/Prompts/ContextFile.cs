using System.Text;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.Prompts;

/// <summary>A file of the workspace that tells a model about the project, such as AGENTS.md.</summary>
/// <param name="Name">Relative to the workspace.</param>
internal sealed record ContextFile(string Name, string Text)
{
    /// <summary>Of all together; more crowds out the task. The nearest to the workspace come first, so that none of them starves.</summary>
    public const int MaxBytes = 32 * 1024;

    private const int LeastBytes = 256;
    private const int MostLevels = 16;

    /// <summary>
    /// Those of the names that are plain files, in the workspace and in the directories above it up to the repository's root. A
    /// link is passed over: it could show the model a file of the host.
    /// </summary>
    /// <param name="names">Relative paths.</param>
    /// <returns>The outermost first: what is nearer speaks later.</returns>
    public static IReadOnlyList<ContextFile> Find(string checkout, IReadOnlyList<string> names)
    {
        List<List<ContextFile>> levels = [];
        HashSet<string> seen = [];
        var left = MaxBytes;
        var (directory, up) = (checkout, "");
        for (var level = RepositoryLevel(checkout); level >= 0; level--)
        {
            using var root = Tree.OpenRoot(directory);
            levels.Add([]);
            foreach (var name in names)
            {
                if (Read(root, name, up + name, ref left) is { } file && seen.Add(file.Text))
                    levels[^1].Add(file);
            }
            (directory, up) = (Path.GetDirectoryName(directory)!, $"../{up}");
        }
        levels.Reverse();
        return [.. levels.SelectMany(files => files)];
    }

    /// <summary>How many directories above the checkout its repository begins; 0 when it is none of one.</summary>
    private static int RepositoryLevel(string checkout)
    {
        string? directory = checkout;
        for (var level = 0; level <= MostLevels && directory is not null; level++)
        {
            if (Path.Exists(Path.Combine(directory, ".git")))
                return level;
            directory = Path.GetDirectoryName(directory);
        }
        return 0;
    }

    private static ContextFile? Read(SafeFileHandle root, string name, string shown, ref int left)
    {
        using var file = Beneath.Open(root, Encoding.UTF8.GetBytes(name), OpenFlags.Read, out _);
        if (file is null || Tree.Status(file) is not { IsFile: true } status)
            return null;
        if (left < LeastBytes)
            return new ContextFile(shown, $"[left out: {status.Size} bytes, for which there is no room]");
        var bytes = new byte[Math.Min(left, status.Size)];
        var length = RandomAccess.Read(file, bytes, 0);
        left -= length;
        if (length == status.Size)
            return new ContextFile(shown, Encoding.UTF8.GetString(bytes, 0, length));
        // At the end of a line, which is never inside a character.
        var end = bytes.AsSpan(0, length).LastIndexOf((byte)'\n') is > 0 and var line ? line : length;
        return new ContextFile(
            shown,
            $"{Encoding.UTF8.GetString(bytes, 0, end)}\n[cut: the first {end} of {status.Size} bytes are shown]"
        );
    }
}
