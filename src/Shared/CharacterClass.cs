namespace ClawCi.Shared;

/// <summary>A bracket expression of a <see cref="Wildmatch"/>, with git's reading of its odd corners.</summary>
internal sealed class CharacterClass
{
    private readonly List<(char First, char Last)> _ranges = [];
    private readonly List<Func<char, bool>> _named = [];
    private bool _negated;

    /// <summary>Never true for a slash.</summary>
    public bool Contains(char c)
    {
        if (c == '/')
            return false;
        var found = false;
        foreach (var (first, last) in _ranges)
            found |= c >= first && c <= last;
        foreach (var isIn in _named)
            found |= isIn(c);
        return found != _negated;
    }

    /// <summary>Reads from the opening bracket at <paramref name="at"/> and leaves it behind the closing one.</summary>
    /// <returns>Null when the brackets do not close or name an unknown class: such a pattern matches nothing.</returns>
    public static CharacterClass? Read(ReadOnlySpan<char> pattern, ref int at)
    {
        var result = new CharacterClass();
        at++;
        if (at < pattern.Length && pattern[at] is '!' or '^')
        {
            result._negated = true;
            at++;
        }
        char? previous = null;
        for (var first = true; at < pattern.Length && (first || pattern[at] != ']'); first = false)
        {
            if (!result.ReadItem(pattern, ref at, ref previous))
                return null;
        }
        return at++ < pattern.Length ? result : null;
    }

    private bool ReadItem(ReadOnlySpan<char> pattern, ref int at, ref char? previous)
    {
        var isRange = pattern[at] == '-' && previous is not null && at + 1 < pattern.Length && pattern[at + 1] != ']';
        if (!isRange && pattern[at..].StartsWith("[:") && NameAt(pattern[(at + 2)..]) is { } length)
        {
            if (NamedClass(pattern.Slice(at + 2, length)) is not { } named)
                return false;
            _named.Add(named);
            at += length + 4;
            previous = null;
            return true;
        }
        if (isRange)
            at++;
        if (pattern[at] == '\\')
            at++;
        if (at == pattern.Length)
            return false;
        var c = pattern[at++];
        _ranges.Add((isRange ? previous!.Value : c, c));
        previous = isRange ? null : c;
        return true;
    }

    /// <summary>The length of a name that ends in <c>:]</c>; null when the next bracket closes something else.</summary>
    private static int? NameAt(ReadOnlySpan<char> rest) =>
        rest.IndexOf(']') is > 0 and var end && rest[end - 1] == ':' ? end - 1
        : rest.Contains(']') ? null
        : 0;

    private static Func<char, bool>? NamedClass(ReadOnlySpan<char> name) =>
        name switch
        {
            "alnum" => char.IsAsciiLetterOrDigit,
            "alpha" => char.IsAsciiLetter,
            "blank" => c => c is ' ' or '\t',
            "cntrl" => c => c is < ' ' or '\x7f',
            "digit" => char.IsAsciiDigit,
            "graph" => c => c is > ' ' and < '\x7f',
            "lower" => char.IsAsciiLetterLower,
            "print" => c => c is >= ' ' and < '\x7f',
            "punct" => c => c is > ' ' and < '\x7f' && !char.IsAsciiLetterOrDigit(c),
            "space" => c => c is ' ' or '\t' or '\n' or '\r',
            "upper" => char.IsAsciiLetterUpper,
            "xdigit" => char.IsAsciiHexDigit,
            _ => null,
        };
}
