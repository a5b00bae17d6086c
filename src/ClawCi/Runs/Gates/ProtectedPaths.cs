using ClawCi.Configuration;
using ClawCi.Permissions;

namespace ClawCi.Runs.Gates;

/// <summary>Paths that the patch may not simply touch, by who protects them. The strictest word about a path holds.</summary>
internal sealed record ProtectedPaths(IReadOnlyList<ProtectedLayer> Layers)
{
    /// <summary>What could run outside the sandbox, or decides who reviews, or what else is fetched: protected in every task.</summary>
    public static IReadOnlyList<string> Always { get; } =
    [
        ".git/**",
        "**/.git/**",
        ".gitmodules",
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

    public IReadOnlyList<string> Paths { get; } = [.. Layers.SelectMany(layer => layer.Paths).Distinct()];

    /// <summary>What becomes of a change to the path; null when nobody protects it.</summary>
    /// <param name="path">Relative to the workspace, slash-separated.</param>
    public ProtectedChange? ActionFor(string path)
    {
        ProtectedChange? strictest = null;
        foreach (var layer in Layers)
        {
            if ((strictest is null || layer.OnChange < strictest) && layer.Matches(path))
                strictest = layer.OnChange;
        }
        return strictest;
    }

    public bool Matches(string path) => ActionFor(path) is not null;
}

/// <summary>The paths that one source protects: globs over the whole path.</summary>
/// <param name="Source">Who says so.</param>
internal sealed record ProtectedLayer(IReadOnlyList<string> Paths, ProtectedChange OnChange, string Source)
{
    private readonly PathPattern _pattern = new(Paths);

    public bool Matches(string path) => _pattern.Matches(path);
}
