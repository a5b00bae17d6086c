using System.Globalization;
using System.Text;
using ClawCi.ChangeSets;

namespace ClawCi.Sandboxes.Workspaces;

/// <summary>Reads <c>diff-tree --raw --numstat -z</c> and holds it against the change set, so that a patch says neither more nor less.</summary>
internal static class PatchSummary
{
    /// <exception cref="PatchException">Git saw other files or modes than the change set has.</exception>
    public static List<PatchedFile> Parse(ReadOnlySpan<byte> output, ChangeSet changes)
    {
        var raw = new Dictionary<string, string>();
        var counts = new Dictionary<string, (int? Additions, int? Deletions)>();
        while (!output.IsEmpty)
        {
            var field = Latin1(TakeField(ref output));
            if (field.StartsWith(':'))
            {
                raw.Add(Latin1(TakeField(ref output)), field);
                continue;
            }
            var parts = field.Split('\t', 3);
            counts.Add(parts[2], (Count(parts[0]), Count(parts[1])));
        }
        if (raw.Count != changes.Entries.Count)
            throw new PatchException($"git made {raw.Count} changed files of {changes.Entries.Count}");
        return [.. changes.Entries.Select(entry => File(entry, raw, counts))];
    }

    private static PatchedFile File(
        ChangeEntry entry,
        Dictionary<string, string> raw,
        Dictionary<string, (int? Additions, int? Deletions)> counts
    )
    {
        const string None = "000000";
        var path = Latin1(entry.Path);
        // ":old-mode new-mode old-hash new-hash status"
        var fields = raw.GetValueOrDefault(path)?.Split(' ');
        var (oldMode, newMode) = (entry.Old?.Kind.GitMode(), entry.New?.Kind.GitMode());
        if (fields?.Length != 5 || fields[0] != $":{oldMode ?? None}" || fields[1] != (newMode ?? None))
            throw new PatchException($"git did not see the change of {entry.DisplayPath}");
        var kind = fields[4] switch
        {
            "A" => "added",
            "D" => "deleted",
            "T" => "type-changed",
            _ => "modified",
        };
        var (additions, deletions) = counts.GetValueOrDefault(path);
        return new PatchedFile(entry.DisplayPath, kind, additions, deletions);
    }

    private static ReadOnlySpan<byte> TakeField(ref ReadOnlySpan<byte> output)
    {
        var end = output.IndexOf((byte)0);
        var field = output[..end];
        output = output[(end + 1)..];
        return field;
    }

    // "-" is a binary file.
    private static int? Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

    private static string Latin1(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
