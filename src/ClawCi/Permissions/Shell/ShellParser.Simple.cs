using System.Buffers;

namespace ClawCi.Permissions.Shell;

/// <summary>Simple commands, their assignments and redirections.</summary>
internal sealed partial class ShellParser
{
    /// <summary>Builtins that take assignments as arguments, lists included.</summary>
    private static readonly HashSet<string> Declarations = ["declare", "export", "local", "readonly", "typeset"];

    private ShellNode ReadSimple()
    {
        List<Assignment> assignments = [];
        List<SyntaxWord> words = [];
        List<Redirection> redirections = [];
        while (true)
        {
            SkipBlanks();
            if (TryReadRedirection() is { } redirection)
                redirections.Add(redirection);
            else if (!AtWord())
                break;
            else if (words.Count == 0 && TryReadAssignment() is { } assignment)
                assignments.Add(assignment);
            else if (words.Count > 0 && IsDeclaration(words[0]) && TryReadListArgument() is { } list)
                words.AddRange(list);
            else
            {
                var start = Position;
                var word = ReadWord();
                if (words.Count == 0 && word.Source.Contains("\\\n", StringComparison.Ordinal))
                    Refuse("a backslash continues the line inside a command's name");
                words.Add(word);
                if (words.Count == 1 && assignments.Count == 0 && redirections.Count == 0 && AtFunction(start))
                    return ReadFunctionBody(_text[start..(start + word.Source.Length)]);
            }
        }
        if (words.Count + assignments.Count + redirections.Count == 0)
            Refuse(AtEnd ? "a command is missing" : $"`{Excerpt()}` is not expected there");
        return new SimpleNode(assignments, words) { Redirections = redirections };
    }

    private static bool IsDeclaration(SyntaxWord word) =>
        word is { Plain: true, Parts: [{ Kind: PartKind.Literal } only] } && Declarations.Contains(only.Text);

    /// <summary>Whether what was read is a name and its parentheses follow, which are taken.</summary>
    private bool AtFunction(int start)
    {
        var name = _text.AsSpan(start, Position - start);
        while (Current is ' ' or '\t')
            Position++;
        if (Current != '(')
            return false;
        foreach (var c in name)
        {
            if (!IsName(c) && c is not ('-' or '.' or ':' or '+'))
                Refuse("a function's name must be made of letters, digits and underscores");
        }
        TakeEmptyParentheses();
        return true;
    }

    private bool AtWord() => !AtEnd && (!IsBlankOrEnd(Current) || (Current is '<' or '>' && Next == '('));

    private SyntaxWord ReadRequiredWord()
    {
        if (AtWord())
        {
            var word = ReadWord();
            // `>2>&1`: the number belongs to the second redirection, and the first lacks its target.
            if (Current is '<' or '>' && word.Source.AsSpan().ContainsOnlyDigits())
                Refuse($"`{word.Source}{Current}` is not expected there");
            return word;
        }
        Refuse(AtEnd ? "a word is missing" : $"`{Excerpt()}` is not expected there");
        return new([], false, "");
    }

    /// <summary><c>NAME=…</c>, <c>NAME+=…</c>, <c>NAME[…]=…</c> where a command may start.</summary>
    private Assignment? TryReadAssignment()
    {
        if (!IsNameStart(Current))
            return null;
        var end = Position;
        while (end < _text.Length && IsName(_text[end]))
            end++;
        var name = _text[Position..end];
        string? index = null;
        if (end < _text.Length && _text[end] == '[')
        {
            var close = _text.AsSpan(end).IndexOfAny(IndexEnds);
            if (close < 0 || _text[end + close] != ']')
            {
                // `a[$(x)]=` is an assignment that runs x, `a[ b` is a word: neither is worth telling apart.
                Refuse($"the index of `{name}[` is computed");
                return null;
            }
            index = _text[(end + 1)..(end + close)];
            end += close + 1;
        }
        if (end < _text.Length && _text[end] == '+')
            end++;
        if (end >= _text.Length || _text[end] != '=')
            return null;
        Position = end + 1;
        return new(name, index, ReadValue());
    }

    private static readonly SearchValues<char> IndexEnds = SearchValues.Create("] \t\n'\"`$\\();&|<>{}*?");

    /// <summary><c>declare a=(…)</c>; null where the argument is an ordinary word.</summary>
    private List<SyntaxWord>? TryReadListArgument()
    {
        var end = Position;
        while (end < _text.Length && IsName(_text[end]))
            end++;
        if (end == Position || string.CompareOrdinal(_text, end, "=(", 0, 2) != 0)
            return null;
        var name = _text[Position..end];
        Position = end + 1;
        var values = ReadValue();
        return [new([new(PartKind.Literal, name + "=")], true, name + "=(…)"), .. values];
    }

    private List<SyntaxWord> ReadValue()
    {
        if (Current != '(')
            return AtWord() ? [ReadWord()] : [];
        List<SyntaxWord> values = [];
        Position++;
        for (SkipNewlines(); AtWord(); SkipNewlines())
        {
            if (Current == '[')
                Refuse("an element of a list has an index");
            else
                values.Add(ReadWord());
        }
        Expect(')', "a list");
        if (AtWord())
            Refuse($"`{Excerpt()}` is not expected behind a list");
        return values;
    }

    private List<Redirection> ReadRedirections()
    {
        List<Redirection> redirections = [];
        while (true)
        {
            SkipBlanks();
            if (TryReadRedirection() is not { } redirection)
                return redirections;
            redirections.Add(redirection);
        }
    }

    private Redirection? TryReadRedirection()
    {
        var start = Position;
        if (char.IsAsciiDigit(Current))
        {
            while (char.IsAsciiDigit(Current))
                Position++;
        }
        else if (Current == '{' && IsNameStart(Next))
        {
            var close = Position + 1;
            while (close < _text.Length && IsName(_text[close]))
                close++;
            if (close < _text.Length && _text[close] == '}')
                Position = close + 1;
        }
        if (ReadRedirectionOperator() is { } token)
        {
            if (Position - start > token.Length && token[0] == '&')
                Refuse("a number stands before `&>`");
            RefuseContinuedOperator();
            SkipBlanks();
            if (token is "<<" or "<<-")
                return ReadDelimiter(token);
            return new(token, ReadRequiredWord());
        }
        Position = start;
        return null;
    }

    private string? ReadRedirectionOperator()
    {
        switch (Current)
        {
            case '&' when Next == '>':
                return Take("&>>") ? "&>>" : Taken("&>");
            case '<' when Next != '(':
                return Take("<<<") ? "<<<"
                    : Take("<<-") ? "<<-"
                    : Take("<<") ? "<<"
                    : Take("<&") ? "<&"
                    : Take("<>") ? "<>"
                    : Taken("<");
            case '>' when Next != '(':
                return Take(">>") ? ">>"
                    : Take(">&") ? ">&"
                    : Take(">|") ? ">|"
                    : Taken(">");
            default:
                return null;
        }
    }

    private string Taken(string token)
    {
        Position += token.Length;
        return token;
    }
}
