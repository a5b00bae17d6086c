namespace ClawCi.Runs.Checks;

/// <summary>One test as a report has it.</summary>
/// <param name="Name">Class or suite and name, as the report spells them; the same test has the same name in another run.</param>
internal sealed record TestCase(string Name, TestEnd End)
{
    /// <summary>Longer names are cut: they come from the container.</summary>
    public const int LongestName = 500;

    public static TestCase Of(string? owner, string? name, TestEnd end)
    {
        var full = string.IsNullOrEmpty(owner) ? name ?? "" : $"{owner}.{name}";
        return new(full.Length <= LongestName ? full : full[..LongestName], end);
    }
}

/// <summary>How a test ended.</summary>
internal enum TestEnd
{
    Passed,
    Failed,

    /// <summary>Not run, or its failure does not count.</summary>
    Skipped,
}
