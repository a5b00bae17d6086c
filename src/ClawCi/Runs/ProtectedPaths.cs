using ClawCi.Permissions;

namespace ClawCi.Runs;

/// <summary>Paths that the patch may not touch: globs over the whole path, relative to the workspace.</summary>
internal sealed record ProtectedPaths(IReadOnlyList<string> Paths, ProtectedChange OnChange)
{
    /// <summary>What could run outside the sandbox, or decides who reviews: protected in every task.</summary>
    public static IReadOnlyList<string> Always { get; } =
    [
        ".git/**",
        "**/.git/**",
        ".github/**",
        ".gitlab-ci.yml",
        ".gitlab/**",
        ".claw/**",
        "CODEOWNERS",
        "docs/CODEOWNERS",
        ".husky/**",
        ".githooks/**",
        ".git-hooks/**",
    ];

    private readonly PathPattern _pattern = new(Paths);

    /// <param name="path">Relative to the workspace, slash-separated.</param>
    public bool Matches(string path) => _pattern.Matches(path);
}

/// <summary>What becomes of a change to a protected path.</summary>
internal enum ProtectedChange
{
    /// <summary>The task ends gate-blocked.</summary>
    Block,

    /// <summary>The change is left out of the patch.</summary>
    Restore,

    /// <summary>The change stays and is pointed out.</summary>
    Review,
}
