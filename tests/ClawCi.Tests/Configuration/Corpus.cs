using System.Runtime.CompilerServices;

namespace ClawCi.Tests.Configuration;

/// <summary>tests/corpus: files people could write, right and wrong.</summary>
internal static class Corpus
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "../../corpus"));

    public static string Repository { get; } = Path.GetFullPath(Path.Combine(Here(), "../../.."));

    /// <param name="prefix"><c>good</c> or <c>bad</c>.</param>
    public static IReadOnlyList<string> Files(string prefix) =>
        [.. Directory.EnumerateFiles(Root, $"{prefix}-*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
