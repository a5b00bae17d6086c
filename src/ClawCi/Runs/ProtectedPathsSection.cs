using System.ComponentModel;
using ClawCi.Configuration;

namespace ClawCi.Runs;

/// <summary>The <c>protected-paths</c> of a task file.</summary>
internal sealed record ProtectedPathsSection
{
    [Description("Path patterns relative to the workspace.")]
    [Text(TextFormat.Glob)]
    public required IReadOnlyList<string> Paths { get; init; }

    [Description(
        "block ends the task gate-blocked; restore leaves the change out; review points it out. Default block."
    )]
    public ProtectedChange? OnChange { get; init; }
}
