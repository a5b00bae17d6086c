using System.Text;

namespace ClawCi.Sandboxes.Workspaces;

/// <summary>
/// Git's configuration syntax. Ends at the first fault: git itself refuses such a file, and what cannot be understood
/// must not be shown.
/// </summary>
internal sealed class GitConfigReader
{
    private readonly string _text;
    private int _at;

    private GitConfigReader(string text) => _text = text.Replace("\r\n", "\n", StringComparison.Ordinal);

    /// <summary>A newline at the end.</summary>
    private char Current() => _at < _text.Length ? _text[_at] : '\n';

    public static IEnumerable<GitConfigEntry> Read(string text)
    {
        var reader = new GitConfigReader(
            text.StartsWith("\u00ef\u00bb\u00bf", StringComparison.Ordinal) ? text[3..] : text
        );
        var section = default(GitConfigEntry);
        while (reader.Next(section) is { } entry)
        {
            section = entry.Key is null ? entry : section;
            yield return entry;
        }
    }

    private GitConfigEntry? Next(GitConfigEntry? section)
    {
        while (_at < _text.Length)
        {
            if (char.IsWhiteSpace(Current()))
                _at++;
            else if (Current() is '#' or ';')
                SkipLine();
            else if (Current() == '[')
                return Section();
            else
                return section is null ? null : Setting(section);
        }
        return null;
    }

    private GitConfigEntry? Section()
    {
        _at++;
        var name = Take(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.').ToLowerInvariant();
        var subsection = default(string);
        if (Current() is ' ' or '\t')
        {
            Take(c => c is ' ' or '\t');
            subsection = Quoted();
            if (subsection is null)
                return null;
        }
        else if (name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot)
        {
            // The old spelling of a subsection.
            (name, subsection) = (name[..dot], name[(dot + 1)..]);
        }
        if (name.Length == 0 || Current() != ']')
            return null;
        _at++;
        return new GitConfigEntry(name, subsection, null, null);
    }

    private string? Quoted()
    {
        if (Current() != '"')
            return null;
        var text = new StringBuilder();
        for (_at++; Current() != '"'; _at++)
        {
            if (Current() == '\\')
                _at++;
            if (Current() == '\n')
                return null;
            text.Append(Current());
        }
        _at++;
        return text.ToString();
    }

    private GitConfigEntry? Setting(GitConfigEntry section)
    {
        if (!char.IsAsciiLetter(Current()))
            return null;
        var key = Take(c => char.IsAsciiLetterOrDigit(c) || c == '-').ToLowerInvariant();
        Take(c => c is ' ' or '\t');
        if (Current() is '\n' or '#' or ';')
            return section with { Key = key };
        if (Current() != '=')
            return null;
        _at++;
        Take(c => c is ' ' or '\t');
        return Value() is { } value ? section with { Key = key, Value = value } : null;
    }

    private string? Value()
    {
        var text = new StringBuilder();
        var (isQuoted, kept) = (false, 0);
        for (; Current() != '\n'; _at++)
        {
            if (!isQuoted && Current() is ('#' or ';'))
            {
                SkipLine();
                break;
            }
            if (Current() == '"')
            {
                isQuoted = !isQuoted;
                kept = text.Length;
                continue;
            }
            if (Current() == '\\')
            {
                _at++;
                // The only place where a line goes on.
                if (Current() == '\n' && _at < _text.Length)
                    continue;
                if (Escaped(Current()) is not { } escaped)
                    return null;
                text.Append(escaped);
                kept = text.Length;
                continue;
            }
            text.Append(Current());
            if (isQuoted || !char.IsWhiteSpace(Current()))
                kept = text.Length;
        }
        return isQuoted ? null : text.ToString(0, kept);
    }

    private static char? Escaped(char value) =>
        value switch
        {
            'n' => '\n',
            't' => '\t',
            'b' => '\b',
            '"' or '\\' => value,
            _ => null,
        };

    private string Take(Func<char, bool> isPart)
    {
        var start = _at;
        while (_at < _text.Length && isPart(_text[_at]))
            _at++;
        return _text[start.._at];
    }

    private void SkipLine()
    {
        while (Current() != '\n')
            _at++;
    }
}
