using ClawCi.Artifacts.Diffs;

namespace ClawCi.Artifacts.HtmlReport;

/// <summary>Finds what changed inside lines: removed lines are paired with as many added lines right after them.</summary>
internal static class LineMarks
{
    /// <returns>For each line the part to mark; null where the whole line is the change, or nothing is.</returns>
    public static Range?[] Of(IReadOnlyList<DiffLine> lines)
    {
        var marks = new Range?[lines.Count];
        for (var at = 0; at < lines.Count; )
        {
            var removed = RunOf(lines, at, DiffLineKind.Removed);
            var added = RunOf(lines, at + removed, DiffLineKind.Added);
            for (var i = 0; removed == added && i < removed; i++)
                (marks[at + i], marks[at + removed + i]) = Pair(lines[at + i].Text, lines[at + removed + i].Text);
            at += Math.Max(removed + added, 1);
        }
        return marks;
    }

    private static int RunOf(IReadOnlyList<DiffLine> lines, int from, DiffLineKind kind)
    {
        var to = from;
        while (to < lines.Count && lines[to].Kind == kind)
            to++;
        return to - from;
    }

    /// <summary>The part that differs in each; null where nothing of a line does.</summary>
    private static (Range?, Range?) Pair(string before, string after)
    {
        var start = before.AsSpan().CommonPrefixLength(after);
        var most = Math.Min(before.Length, after.Length) - start;
        var end = 0;
        while (end < most && before[^(end + 1)] == after[^(end + 1)])
            end++;
        // Lines that share less than a third are not versions of one another; marks would only be noise.
        return (start + end) * 3 < Math.Max(before.Length, after.Length)
            ? (null, null)
            : (Between(start, before.Length - end), Between(start, after.Length - end));

        static Range? Between(int from, int to) => from < to ? from..to : null;
    }
}
