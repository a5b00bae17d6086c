using ClawCi.Shared;

namespace ClawCi.Permissions;

/// <summary>Globs of a rule: a path matches when one of them does and none with <c>!</c> does. Their order is irrelevant.</summary>
internal sealed class PathPattern(IReadOnlyList<string> globs)
{
    private readonly Glob[] _matching = [.. Parse(globs.Where(glob => !glob.StartsWith('!')))];
    private readonly Glob[] _excepted = [.. Parse(globs.Where(glob => glob.StartsWith('!')).Select(glob => glob[1..]))];

    /// <param name="path">Relative to the workspace, normalised.</param>
    public bool Matches(string path) =>
        _matching.Any(glob => glob.IsMatch(path)) && !_excepted.Any(glob => glob.IsMatch(path));

    public override string ToString() =>
        string.Join(", ", _matching.Select(glob => glob.Pattern).Concat(_excepted.Select(glob => $"!{glob.Pattern}")));

    /// <exception cref="ArgumentException">A pattern was not checked when it was read.</exception>
    private static IEnumerable<Glob> Parse(IEnumerable<string> globs) =>
        globs.Select(text =>
            Glob.TryParse(text, out var glob, out var problem) ? glob : throw new ArgumentException(problem)
        );
}
