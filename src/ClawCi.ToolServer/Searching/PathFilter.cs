using ClawCi.Shared;

namespace ClawCi.ToolServer.Searching;

/// <summary>A glob as the search tools take it: without a slash it is about names at any depth.</summary>
internal sealed class PathFilter
{
    private readonly Glob _glob;

    private PathFilter(Glob glob) => _glob = glob;

    /// <exception cref="ToolException">The pattern is none.</exception>
    public static PathFilter Parse(string pattern)
    {
        var anyDepth = pattern.Contains('/', StringComparison.Ordinal) ? pattern : $"**/{pattern}";
        return Glob.TryParse(anyDepth, out var glob, out var problem)
            ? new(glob)
            : throw new ToolException($"The pattern {pattern} cannot be used: {problem}.");
    }

    public bool Accepts(string path) => _glob.IsMatch(path);
}
