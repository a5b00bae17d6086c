using System.Globalization;
using System.Text;

namespace ClawCi.Prompts;

/// <summary>A few lines about the workspace, so that a model need not spend its first turns on finding out where it is.</summary>
internal static class WorkspaceOverview
{
    /// <summary>Whatever the workspace is called and holds.</summary>
    public const int MaxBytes = 2048;

    private const int LongestName = 80;

    /// <param name="branch">Null when there is none.</param>
    /// <param name="isTracked">Whether what was counted is what git tracks.</param>
    /// <param name="isComplete">Whether all was counted.</param>
    /// <param name="changed">Paths that are not as git has them; null when that is not known.</param>
    public static string Of(
        WorkspaceCount count,
        string? branch,
        bool isTracked,
        bool isComplete,
        IReadOnlyList<string>? changed
    )
    {
        if (count.Files == 0)
            return "The workspace is empty.\n";
        var number = count.Files.ToString("N0", CultureInfo.InvariantCulture);
        var lines = new List<string>
        {
            $"{(isComplete ? "" : "At least ")}{number} files{(isTracked ? " that git tracks" : "")}"
                + (Ranked(count.Languages, 8) is { Length: > 0 } languages ? $": {languages}." : "."),
        };
        if (isTracked)
            lines.Add(
                (branch is not null && IsPlain(branch) ? $"Git branch {branch}" : "Git, no branch")
                    + changed switch
                    {
                        null => ".",
                        [] => ", nothing changed since the last commit or `git add`.",
                        _ => $", changed and not added: {Named(changed, 5)}.",
                    }
            );
        Add(lines, "Directories", Ranked(count.Roots, 16, "/"));
        Add(lines, "At the top", Named(Shallow(count.RootFiles), 16));
        Add(lines, "Build files", Named(Shallow(count.BuildFiles), 10));
        Add(lines, "Tests in", Ranked(count.Tests, 8, "/"));
        Add(lines, "For parts of it, to be read before they are changed", Named(Shallow(count.Nested), 10));
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            if (Encoding.UTF8.GetByteCount(line) + 1 <= MaxBytes - Encoding.UTF8.GetByteCount(text.ToString()))
                text.Append(line).Append('\n');
        }
        return text.ToString();
    }

    private static void Add(List<string> lines, string title, string names)
    {
        if (names.Length > 0)
            lines.Add($"{title}: {names}.");
    }

    /// <summary>The most frequent first.</summary>
    private static string Ranked(IReadOnlyDictionary<string, int> counts, int most, string suffix = "")
    {
        var ranked = counts
            .Where(pair => IsPlain(pair.Key))
            .OrderByDescending(pair => pair.Value)
            .ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .ToList();
        return Listed(
            [
                .. ranked
                    .Take(most)
                    .Select(pair => $"{pair.Key}{suffix} {pair.Value.ToString(CultureInfo.InvariantCulture)}"),
            ],
            counts.Count
        );
    }

    private static string Named(IReadOnlyList<string> paths, int most) =>
        Listed([.. paths.Where(IsPlain).Take(most)], paths.Count);

    private static string Listed(IReadOnlyList<string> shown, int all) =>
        shown.Count == 0 ? ""
        : all > shown.Count ? $"{string.Join(", ", shown)} and {all - shown.Count} more"
        : string.Join(", ", shown);

    private static IReadOnlyList<string> Shallow(IReadOnlyList<string> paths) =>
        [.. paths.OrderBy(path => path.Count(c => c == '/')).ThenBy(path => path, StringComparer.Ordinal)];

    /// <summary>A name may be a sentence that somebody wants read. Those that look like names are shown, the others only counted.</summary>
    private static bool IsPlain(string name) =>
        name.Length <= LongestName && name.All(c => char.IsLetterOrDigit(c) || "._-/@+#".Contains(c));
}
