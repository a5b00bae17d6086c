namespace ClawCi.Configuration;

/// <summary>Finds what the user probably meant.</summary>
internal static class DidYouMean
{
    /// <summary><c>. Did you mean `x`?</c>, to end a message with; empty when nothing is near.</summary>
    public static string Suffix(string word, IEnumerable<string> known) =>
        Nearest(word, known) is { } nearest ? $". Did you mean `{nearest}`?" : "";

    /// <summary>The nearest known word, or null. Spelling variants (maxTurns, max_turns) are nearest of all.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        if (word.Length > 64)
            return null;
        var best = known
            .Select(candidate =>
                (candidate, distance: IsCutShort(word, candidate) ? 1 : Distance(Fold(word), Fold(candidate)))
            )
            .OrderBy(pair => pair.distance)
            .ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.candidate is not null && best.distance <= Math.Max(1, word.Length / 3) && word.Length > 1
            ? best.candidate
            : null;
    }

    /// <summary><c>max-cost</c> for <c>max-cost-usd</c>.</summary>
    private static bool IsCutShort(string word, string candidate) =>
        word.Length > 2 && candidate.StartsWith(word + "-", StringComparison.OrdinalIgnoreCase);

    private static string Fold(string word) =>
        string.Concat(word.Where(c => c is not ('-' or '_' or ' '))).ToLowerInvariant();

    /// <summary>Edit distance in which swapping two neighbours counts as one.</summary>
    private static int Distance(string a, string b)
    {
        var beforeLast = new int[b.Length + 1];
        var last = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var row = new int[b.Length + 1];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(Math.Min(last[j] + 1, row[j - 1] + 1), replaced);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }
            (beforeLast, last) = (last, row);
        }
        return last[b.Length];
    }
}
