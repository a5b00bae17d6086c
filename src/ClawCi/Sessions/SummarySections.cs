namespace ClawCi.Sessions;

/// <summary>The parts that a model's summary is asked for, each under a heading of its own.</summary>
internal static class SummarySections
{
    public const string Decisions = "Decisions";

    /// <summary>The lines under a heading, without bullets; none when it is not there or says none.</summary>
    public static IReadOnlyList<string> Lines(string summary, string section)
    {
        var lines = summary
            .Split('\n')
            .SkipWhile(line => !Is(line, section))
            .Skip(1)
            .TakeWhile(line => !line.StartsWith('#'))
            .Select(line => line.Trim().TrimStart('-', '*').Trim())
            .Where(line => line.Length > 0)
            .ToList();
        return lines is [var only] && only.TrimEnd('.').Equals("none", StringComparison.OrdinalIgnoreCase) ? [] : lines;
    }

    private static bool Is(string line, string section) =>
        line.StartsWith('#') && line.TrimStart('#').Trim().Equals(section, StringComparison.OrdinalIgnoreCase);
}
