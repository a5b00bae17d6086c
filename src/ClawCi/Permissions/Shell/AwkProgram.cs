namespace ClawCi.Permissions.Shell;

/// <summary>Finds out whether an awk program runs commands: <c>system</c>, a pipe, a call of a function whose name is computed.</summary>
internal static class AwkProgram
{
    /// <summary>Also true for what is not read for certain.</summary>
    public static bool RunsCommands(ReadOnlySpan<char> text)
    {
        // What stands before a slash decides whether it divides: after a value it does.
        var (afterValue, isUnclear) = (false, false);
        for (var at = 0; at < text.Length; at++)
        {
            var c = text[at];
            if (c is ' ' or '\t' or '\r')
                continue;
            if (c == '#')
            {
                var end = text[at..].IndexOf('\n');
                at = end < 0 ? text.Length : at + end;
                afterValue = false;
            }
            else if (c == '/' && isUnclear && HidesMore(text[(at + 1)..]))
                return true;
            else if (c == '"' || (c == '/' && !afterValue))
            {
                var end = EndOf(text, at);
                if (end < 0)
                    return true;
                at = end;
                afterValue = true;
            }
            else if (c == '|')
            {
                if (at + 1 >= text.Length || text[at + 1] != '|')
                    return true;
                at++;
                afterValue = false;
            }
            else if (c == '@')
                return true;
            else if (char.IsAsciiLetterOrDigit(c) || c == '_')
            {
                var start = at;
                while (at + 1 < text.Length && (char.IsAsciiLetterOrDigit(text[at + 1]) || text[at + 1] == '_'))
                    at++;
                var word = text[start..(at + 1)];
                if (word is "system")
                    return true;
                isUnclear = word is "getline";
                afterValue = word is not ("in" or "print" or "printf" or "return" or "case" or "else" or "do");
            }
            else
            {
                // Behind `if (x)` a regular expression may begin.
                isUnclear = c == ')';
                afterValue = c is ')' or ']' || (afterValue && c is '+' or '-' && Next(text, at) == c);
                at += c is '+' or '-' && Next(text, at) == c ? 1 : 0;
            }
        }
        return false;
    }

    private static char Next(ReadOnlySpan<char> text, int at) => at + 1 < text.Length ? text[at + 1] : '\0';

    /// <summary>Whether a slash that may begin an expression could be one with a quote in it.</summary>
    private static bool HidesMore(ReadOnlySpan<char> rest)
    {
        var end = rest.LastIndexOf('/');
        return end > 0 && rest[..end].Contains('"');
    }

    /// <summary>Where a string or a regular expression ends; negative when that is not clear.</summary>
    private static int EndOf(ReadOnlySpan<char> text, int at)
    {
        var quote = text[at];
        for (at++; at < text.Length && text[at] != quote; at++)
        {
            if (text[at] == '\\')
                at++;
            else if (text[at] == '\n')
                return -1;
            else if (text[at] == '[' && quote == '/')
            {
                // A slash in a set: some end the expression there, and some do not.
                var close = text[at..].IndexOf(']');
                if (close > 0 && text[at..(at + close)].Contains('/'))
                    return -1;
            }
        }
        return at < text.Length ? at : -1;
    }
}
