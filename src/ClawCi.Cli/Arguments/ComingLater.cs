using System.Collections.Frozen;

namespace ClawCi.Cli.Arguments;

/// <summary>Words the contract has and this version has not: refused by name rather than taken for something else.</summary>
internal static class ComingLater
{
    public static FrozenSet<string> Options { get; } = ["input", "input-env"];
}
