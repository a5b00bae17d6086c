using System.Text;
using ClawCi.ChangeSets;

namespace ClawCi.Runs.Gates;

/// <summary>A symbolic link may lead to files of the workspace only: whoever follows another one leaves it unawares.</summary>
internal static class LinkGate
{
    /// <returns>What is wrong with the link that the entry makes; null when it makes none or a good one.</returns>
    public static string? Problem(ChangeSet changes, ChangeEntry entry)
    {
        if (entry.New is not { Kind: FileKind.Symlink } link)
            return null;
        using var content = changes.OpenContent(link);
        var target = new byte[link.Length];
        content.ReadExactly(target);
        return Problem(entry.Path, target);
    }

    /// <param name="path">Where the link is.</param>
    /// <param name="bytes">What it holds.</param>
    public static string? Problem(ReadOnlySpan<byte> path, byte[] bytes)
    {
        var target = Encoding.UTF8.GetString(bytes);
        if (target.StartsWith('/'))
            return $"the link leads to {Quote(bytes)}, which is an absolute path";
        var depth = path.Count((byte)'/');
        foreach (var part in target.Split('/'))
        {
            depth += part switch
            {
                ".." => -1,
                "" or "." => 0,
                _ => 1,
            };
            if (depth < 0)
                return $"the link leads to {Quote(bytes)}, which is outside the workspace";
            if (GitNames.IsGitDirectory(Encoding.UTF8.GetBytes(part)))
                return $"the link leads to {Quote(bytes)}, into git's own directory";
        }
        return null;
    }

    private static string Quote(byte[] target) =>
        $"`{ChangePath.Display(target.AsSpan(0, Math.Min(200, target.Length)))}`";
}
