using System.Text;

namespace ClawCi.Permissions;

/// <summary>
/// A line that is one simple command, as its words; or why it is not. What is not understood for certain is
/// refused: quoting rules are POSIX shell's, everything that starts a second command or computes a word is not.
/// </summary>
internal sealed record ShellLine(IReadOnlyList<ShellWord> Words, string? Refusal)
{
    private const string Operators = "|&;<>(){}`$\n";

    public static ShellLine Parse(string line)
    {
        List<ShellWord> words = [];
        var text = line.AsSpan().Trim(" \t\n");
        var position = 0;
        while (position < text.Length)
        {
            if (text[position] is ' ' or '\t')
            {
                position++;
                continue;
            }
            if (ReadWord(text, ref position, out var word) is { } refusal)
                return new([], refusal);
            words.Add(word);
        }
        return words.Count == 0 ? new([], "there is no command") : new(words, Wrappers.Refusal(words));
    }

    private static string? ReadWord(ReadOnlySpan<char> line, ref int position, out ShellWord word)
    {
        var text = new StringBuilder();
        var isPattern = false;
        word = default;
        if (line[position] == '#')
            return "it has a comment";
        while (position < line.Length && line[position] is not (' ' or '\t'))
        {
            var c = line[position];
            if (c == '\'')
            {
                var end = line[(position + 1)..].IndexOf('\'');
                if (end < 0)
                    return "a quote is not closed";
                text.Append(line.Slice(position + 1, end));
                position += end + 2;
            }
            else if (c == '"')
            {
                if (ReadDoubleQuoted(line, ref position, text) is { } refusal)
                    return refusal;
            }
            else if (c == '\\')
            {
                if (position + 1 == line.Length || line[position + 1] == '\n')
                    return "it ends in, or is continued by, a backslash";
                text.Append(line[position + 1]);
                position += 2;
            }
            else if (Operators.Contains(c, StringComparison.Ordinal))
                return c == '\n' ? "it has several lines" : $"it contains `{c}`";
            else if (char.IsControl(c))
                return "it contains a control character";
            else
            {
                isPattern |= c is '*' or '?' or '[';
                text.Append(c);
                position++;
            }
        }
        word = new(text.ToString(), isPattern);
        return null;
    }

    private static string? ReadDoubleQuoted(ReadOnlySpan<char> line, ref int position, StringBuilder text)
    {
        for (position++; position < line.Length; position++)
        {
            var c = line[position];
            if (c == '"')
            {
                position++;
                return null;
            }
            if (c is '$' or '`')
                return $"it contains `{c}`";
            if (c == '\\' && position + 1 < line.Length && line[position + 1] is '$' or '`' or '"' or '\\' or '\n')
            {
                c = line[++position];
                if (c == '\n')
                    return "it ends in, or is continued by, a backslash";
            }
            text.Append(c);
        }
        return "a quote is not closed";
    }
}
