using ClawCi.Runs;

namespace ClawCi.Cli.Arguments;

/// <summary>The value of <c>--reports</c>.</summary>
internal static class ReportNames
{
    /// <returns>None when the flag was not given.</returns>
    /// <exception cref="UsageException">There is no such report.</exception>
    public static IReadOnlyList<ReportKind> Read(string? list, string verb) =>
        list is null
            ? []
            : ReportKinds.Read(list) ?? throw new UsageException($"--reports {list}: {ReportKinds.Expected}.", verb);
}
