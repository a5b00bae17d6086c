using System.ComponentModel;

namespace ClawCi.Configuration;

/// <summary>The <c>protected-paths</c> of a task file or of a policy.</summary>
internal sealed record ProtectedPathsSection
{
    [Description("Path patterns relative to the workspace.")]
    [Text(TextFormat.Glob)]
    public required IReadOnlyList<string> Paths { get; init; }

    [Description(
        "block ends the task gate-blocked; restore leaves the change out; review delivers it and never applies it. Default block."
    )]
    public ProtectedChange? OnChange { get; init; }
}

/// <summary>What becomes of a change to a protected path; each is stricter than the next.</summary>
internal enum ProtectedChange
{
    /// <summary>The task ends gate-blocked.</summary>
    Block,

    /// <summary>The change is left out of the patch.</summary>
    Restore,

    /// <summary>The patch has the change, and is not applied by the run.</summary>
    Review,
}
