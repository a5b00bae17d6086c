namespace ClawCi.Shared;

/// <summary>
/// One compiled path pattern: <c>?</c> and <c>*</c> stay inside a path component, <c>**</c> as a whole component is any
/// number of them, <c>[…]</c> is a class, <c>\</c> takes the next character as it is. Matching takes at most the square of
/// the path's length, whatever the pattern.
/// </summary>
internal sealed class Wildmatch
{
    private enum Kind
    {
        Literal,
        Any,
        Class,
        Star,

        /// <summary>Nothing, or anything that ends in a slash.</summary>
        Directories,

        /// <summary>Anything that ends in a slash.</summary>
        SomeDirectories,

        /// <summary>Anything.</summary>
        Rest,

        /// <summary>Nothing, or a slash and anything.</summary>
        Inside,
    }

    private readonly record struct Token(Kind Kind, char Character = default, CharacterClass? Class = null);

    private readonly List<Token> _tokens = [];

    private Wildmatch() { }

    /// <param name="insideMatchesRoot">Whether <c>a/**</c> matches <c>a</c> itself, which git denies.</param>
    /// <returns>Null for a pattern that can match nothing: an open bracket, an unknown class, a trailing backslash.</returns>
    public static Wildmatch? Compile(ReadOnlySpan<char> pattern, bool insideMatchesRoot)
    {
        var result = new Wildmatch();
        for (var at = 0; at < pattern.Length; )
        {
            if (insideMatchesRoot && at > 0 && pattern[at..] is "/**")
            {
                result._tokens.Add(new(Kind.Inside));
                break;
            }
            if (ReadToken(pattern, ref at) is not { } token)
                return null;
            result._tokens.Add(token);
        }
        return result;
    }

    public bool IsMatch(ReadOnlySpan<char> text)
    {
        var (at, position) = (0, 0);
        // Where to go on after a mismatch. The newest star, and before it the newest `**`, are enough: each can take all
        // that an older one of its kind could.
        var (star, starPosition) = (-1, 0);
        var (directories, directoriesPosition) = (-1, 0);
        while (true)
        {
            var kind = at < _tokens.Count ? _tokens[at].Kind : default(Kind?);
            if (kind is null && position == text.Length || kind == Kind.Rest)
                return true;
            if (kind == Kind.Inside && (position == text.Length || text[position] == '/'))
                return true;
            if (kind == Kind.Star)
            {
                (star, starPosition) = (++at, position);
                continue;
            }
            if (kind == Kind.Directories || kind == Kind.SomeDirectories && SkipDirectory(text, ref position))
            {
                (directories, directoriesPosition, star) = (++at, position, -1);
                continue;
            }
            if (kind is Kind.Literal or Kind.Any or Kind.Class && Takes(_tokens[at], text, ref position))
            {
                at++;
                continue;
            }
            if (star >= 0 && starPosition < text.Length && text[starPosition] != '/')
                (at, position) = (star, ++starPosition);
            else if (directories >= 0 && SkipDirectory(text, ref directoriesPosition))
                (at, position, star) = (directories, directoriesPosition, -1);
            else
                return false;
        }
    }

    private static bool SkipDirectory(ReadOnlySpan<char> text, ref int position)
    {
        var slash = text[position..].IndexOf('/');
        position += slash + 1;
        return slash >= 0;
    }

    private static bool Takes(Token token, ReadOnlySpan<char> text, ref int position)
    {
        if (position == text.Length)
            return false;
        var c = text[position];
        var taken = token.Kind switch
        {
            Kind.Literal => c == token.Character,
            Kind.Any => c != '/',
            _ => token.Class!.Contains(c),
        };
        if (!taken)
            return false;
        var isPair = token.Kind != Kind.Literal && char.IsHighSurrogate(c);
        position += isPair && position + 1 < text.Length && char.IsLowSurrogate(text[position + 1]) ? 2 : 1;
        return true;
    }

    private static Token? ReadToken(ReadOnlySpan<char> pattern, ref int at)
    {
        switch (pattern[at])
        {
            case '?':
                at++;
                return new(Kind.Any);
            case '[':
                return CharacterClass.Read(pattern, ref at) is { } characters
                    ? new(Kind.Class, Class: characters)
                    : null;
            case '*':
                return ReadStars(pattern, ref at);
            case '\\':
                at++;
                return at < pattern.Length ? new(Kind.Literal, pattern[at++]) : null;
            default:
                return new(Kind.Literal, pattern[at++]);
        }
    }

    private static Token ReadStars(ReadOnlySpan<char> pattern, ref int at)
    {
        var start = at;
        while (at < pattern.Length && pattern[at] == '*')
            at++;
        var isComponent = at - start > 1 && (start == 0 || pattern[start - 1] == '/');
        if (isComponent && at == pattern.Length)
            return new(Kind.Rest);
        if (isComponent && pattern[at] == '/')
        {
            at++;
            return new(Kind.Directories);
        }
        if (isComponent && pattern[at..].StartsWith(@"\/"))
        {
            at += 2;
            return new(Kind.SomeDirectories);
        }
        return new(Kind.Star);
    }
}
