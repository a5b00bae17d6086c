namespace ClawCi.Runs;

/// <summary>Lists of reports as they are written: <c>code-quality, sarif</c>.</summary>
internal static class ReportKinds
{
    /// <summary>Of the effective value.</summary>
    public const string Key = "reports";

    public const string Expected = "code-quality, sarif or both with a comma between";

    public static string Write(IEnumerable<ReportKind> kinds) =>
        string.Join(", ", kinds.Distinct().Order().Select(Name));

    /// <summary>Null when a word is none of them.</summary>
    public static IReadOnlyList<ReportKind>? Read(string list)
    {
        var kinds = list.Split(',', StringSplitOptions.TrimEntries)
            .Select(word => Enum.GetValues<ReportKind>().Where(kind => Name(kind) == word).ToArray())
            .ToArray();
        return kinds.All(found => found.Length == 1) ? [.. kinds.Select(found => found[0])] : null;
    }

    private static string Name(ReportKind kind) => kind == ReportKind.Sarif ? "sarif" : "code-quality";
}
