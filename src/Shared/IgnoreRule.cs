namespace ClawCi.Shared;

/// <summary>One line of a <c>.gitignore</c>.</summary>
internal sealed class IgnoreRule
{
    private readonly bool _directoriesOnly;
    private readonly bool _matchesName;

    /// <summary>The pattern up to its first special character; git compares it before it looks at the rest.</summary>
    private readonly string _literal;

    /// <summary>Null when the pattern is all literal.</summary>
    private readonly Wildmatch? _rest;

    private IgnoreRule(bool negated, bool directoriesOnly, bool matchesName, string literal, Wildmatch? rest)
    {
        (IsNegated, _directoriesOnly, _matchesName, _literal, _rest) = (
            negated,
            directoriesOnly,
            matchesName,
            literal,
            rest
        );
    }

    public bool IsNegated { get; }

    /// <summary>Null for a line that can match nothing.</summary>
    public static IgnoreRule? Parse(string line)
    {
        var pattern = line.AsSpan();
        var negated = pattern.StartsWith('!');
        if (negated)
            pattern = pattern[1..];
        var directoriesOnly = pattern.EndsWith('/');
        if (directoriesOnly)
            pattern = pattern[..^1];
        var matchesName = !pattern.Contains('/');
        if (pattern.StartsWith('/'))
            pattern = pattern[1..];
        if (pattern.IsEmpty)
            return null;
        var special = pattern.IndexOfAny(@"*?[\");
        if (special < 0)
            return new(negated, directoriesOnly, matchesName, pattern.ToString(), null);
        // In a name the pattern is matched as a whole; in a path git matches what follows the literal on its own, which
        // makes the stars of `foo**/bar` a component.
        var literal = matchesName ? "" : pattern[..special].ToString();
        var rest = Wildmatch.Compile(pattern[literal.Length..], insideMatchesRoot: false);
        return rest is null ? null : new(negated, directoriesOnly, matchesName, literal, rest);
    }

    public bool IsMatch(ReadOnlySpan<char> path, bool isDirectory)
    {
        if (_directoriesOnly && !isDirectory)
            return false;
        var text = _matchesName ? path[(path.LastIndexOf('/') + 1)..] : path;
        return _rest is null
            ? text.SequenceEqual(_literal)
            : text.StartsWith(_literal, StringComparison.Ordinal) && _rest.IsMatch(text[_literal.Length..]);
    }
}
