namespace ClawCi.Permissions.Shell;

/// <summary>Finds out whether a sed script runs commands: the command <c>e</c>, and the flag <c>e</c> of <c>s</c>.</summary>
internal ref struct SedScript
{
    private readonly ReadOnlySpan<char> _text;
    private int _at;

    private SedScript(ReadOnlySpan<char> text) => _text = text;

    /// <summary>Also true for what is not read for certain.</summary>
    public static bool RunsCommands(string text) => new SedScript(text).Read();

    private char Current => _at < _text.Length ? _text[_at] : '\n';

    private bool Read()
    {
        while (_at < _text.Length)
        {
            Skip(" \t\r\n;{}");
            if (_at >= _text.Length)
                break;
            if (!SkipAddresses() || RunsCommand())
                return true;
        }
        return false;
    }

    private bool SkipAddresses()
    {
        while (true)
        {
            if (char.IsAsciiDigit(Current) || Current is '$' or '+' or '~')
                _at++;
            else if (Current == '/' || (Current == '\\' && _at + 2 < _text.Length))
            {
                _at += Current == '\\' ? 1 : 0;
                var delimiter = Current;
                _at++;
                if (!SkipTo(delimiter, isRegex: true))
                    return false;
                Skip("IM");
            }
            else if (Current is ',' or ' ' or '\t' or '!')
                _at++;
            else
                return true;
        }
    }

    private bool RunsCommand()
    {
        var command = Current;
        _at++;
        switch (command)
        {
            case '{'
            or '}'
            or '='
            or 'd'
            or 'D'
            or 'g'
            or 'G'
            or 'h'
            or 'H'
            or 'n'
            or 'N'
            or 'p'
            or 'P'
            or 'x'
            or 'z'
            or 'F':
                return false;
            case '#' or 'r' or 'R' or 'w' or 'W' or 'v':
                SkipLine();
                return false;
            case 'a' or 'i' or 'c':
                SkipText();
                return false;
            case ':' or 'b' or 't' or 'T':
                Skip(" \t");
                while (Current is not ('\n' or ';' or '}' or ' ' or '\t'))
                    _at++;
                return false;
            case 'q' or 'Q' or 'l' or 'L':
                Skip(" \t0123456789");
                return false;
            case 's' or 'y':
                return Substitutes(command);
            default:
                return true;
        }
    }

    private bool Substitutes(char command)
    {
        var delimiter = Current;
        if (delimiter is '\n' or '\\')
            return true;
        _at++;
        if (!SkipTo(delimiter, isRegex: command == 's') || !SkipTo(delimiter, isRegex: false))
            return true;
        for (; Current is not ('\n' or ';' or '}' or ' ' or '\t' or '#'); _at++)
        {
            if (
                command == 'y'
                || !(char.IsAsciiDigit(Current) || Current is 'g' or 'p' or 'i' or 'I' or 'm' or 'M' or 'w')
            )
                return true;
            if (Current == 'w')
            {
                SkipLine();
                return false;
            }
        }
        return false;
    }

    /// <summary>To behind a delimiter, which in a set of a regular expression is none.</summary>
    private bool SkipTo(char delimiter, bool isRegex)
    {
        for (; _at < _text.Length; _at++)
        {
            if (Current == delimiter)
            {
                _at++;
                return true;
            }
            if (Current == '\\')
                _at++;
            else if (isRegex && Current == '[' && !SkipSet())
                return false;
        }
        return false;
    }

    /// <summary>To the bracket that closes a set; false when none does.</summary>
    private bool SkipSet()
    {
        _at++;
        if (Current == '^')
            _at++;
        // A bracket at the beginning stands for itself.
        for (_at++; _at < _text.Length && Current != ']'; _at++)
        {
            // `[:alpha:]` and its like.
            if (_text[_at - 1] == '[' && Current is ':' or '.' or '=')
            {
                var close = _text[(_at + 1)..].IndexOf([Current, ']']);
                if (close < 0)
                    return false;
                _at += close + 2;
            }
        }
        return _at < _text.Length;
    }

    private void SkipText()
    {
        for (; _at < _text.Length && Current != '\n'; _at++)
        {
            if (Current == '\\')
                _at++;
        }
    }

    private void SkipLine()
    {
        while (Current != '\n')
            _at++;
    }

    private void Skip(ReadOnlySpan<char> characters)
    {
        while (_at < _text.Length && characters.Contains(Current))
            _at++;
    }
}
