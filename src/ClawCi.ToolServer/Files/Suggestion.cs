namespace ClawCi.ToolServer.Files;

/// <summary>What a name that is not there may have meant.</summary>
internal static class Suggestion
{
    private const int Candidates = 1000;

    /// <summary>The sentence for a path that is not there.</summary>
    /// <param name="siblings">What is there beside the missing name.</param>
    public static string Missing(string path, IEnumerable<string> siblings, string missing)
    {
        var nearest = siblings
            .Take(Candidates)
            .Select(name => (name, Distance: Distance(name.ToLowerInvariant(), missing.ToLowerInvariant())))
            .Where(n => n.Distance <= 1 + missing.Length / 4)
            .OrderBy(n => n.Distance)
            .Select(n => n.name)
            .FirstOrDefault();
        return nearest is null
            ? $"{path} does not exist. Find it with glob_search."
            : $"{path} does not exist. Beside {missing} there is {nearest}.";
    }

    /// <summary>Edits between two short texts.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, 1 + Math.Min(row[j], row[j - 1]));
            }
        }
        return row[^1];
    }
}
