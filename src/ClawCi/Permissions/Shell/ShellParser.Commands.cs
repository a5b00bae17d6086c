namespace ClawCi.Permissions.Shell;

internal sealed partial class ShellParser
{
    private static readonly HashSet<string> Keywords =
    [
        "if",
        "then",
        "else",
        "elif",
        "fi",
        "for",
        "while",
        "until",
        "do",
        "done",
        "case",
        "esac",
        "select",
        "function",
        "time",
        "{",
        "}",
        "!",
        "[[",
        "]]",
        "coproc",
        "in",
    ];

    /// <summary>Commands up to a closing parenthesis, a keyword that opens nothing, <c>;;</c> or the end.</summary>
    private List<ShellNode> ReadList()
    {
        List<ShellNode> commands = [];
        if (!Enter())
            return commands;
        for (SkipNewlines(); !AtListEnd(); SkipNewlines())
        {
            var command = ReadAndOr();
            SkipBlanks();
            if (Current == '&' && Next != '&')
            {
                Position++;
                RefuseContinuedOperator();
                command = new BlockNode(BlockKind.Subshell, [command], []);
            }
            else if (Current == ';' && Next is not (';' or '&'))
            {
                Position++;
                RefuseContinuedOperator();
            }
            else if (Current != '\n' && !AtListEnd())
                Refuse($"`{Excerpt()}` is not expected there");
            commands.Add(command);
        }
        Leave();
        return commands;
    }

    private bool AtListEnd() =>
        AtEnd
        || Current == ')'
        || (Current == ';' && Next is ';' or '&')
        || PeekKeyword() is "then" or "else" or "elif" or "fi" or "do" or "done" or "esac" or "}";

    private void RefuseContinuedOperator()
    {
        if (Current == '\\' && Next == '\n')
            Refuse("a backslash continues the line right behind an operator");
    }

    private ShellNode ReadAndOr()
    {
        var first = ReadPipeline();
        List<ShellNode>? all = null;
        while (true)
        {
            SkipBlanks();
            if (!Take("&&") && !(Current == '|' && Take("||")))
                return all is null ? first : new BlockNode(BlockKind.AndOr, all, []);
            RefuseContinuedOperator();
            SkipNewlines();
            (all ??= [first]).Add(ReadPipeline());
        }
    }

    private ShellNode ReadPipeline()
    {
        SkipBlanks();
        while (PeekKeyword() is "!" or "time")
        {
            var isTime = Current == 't';
            Position += isTime ? 4 : 1;
            SkipBlanks();
            while (isTime && (PeekPlain("-p") || PeekPlain("--")))
            {
                Position += 2;
                SkipBlanks();
            }
        }
        var first = ReadCommand();
        List<ShellNode>? all = null;
        while (true)
        {
            SkipBlanks();
            if (Current != '|' || Next == '|')
                return all is null ? first : new BlockNode(BlockKind.Subshell, all, []);
            Position += Next == '&' ? 2 : 1;
            RefuseContinuedOperator();
            SkipNewlines();
            // Each command of a pipeline has a shell of its own.
            (all ??= [Alone(first)]).Add(Alone(ReadCommand()));
        }
    }

    private static BlockNode Alone(ShellNode command) => new(BlockKind.Subshell, [command], []);

    private ShellNode ReadCommand()
    {
        if (!Enter())
            return new SimpleNode([], []);
        var node = ReadCompound() is { } compound ? compound with { Redirections = ReadRedirections() } : ReadSimple();
        Leave();
        return node;
    }

    /// <returns>Null where no compound command starts.</returns>
    private ShellNode? ReadCompound()
    {
        if (Current == '(')
            return Next == '(' ? ReadArithmeticCommand() : ReadSubshell();
        var keyword = PeekKeyword();
        if (keyword is null)
            return null;
        Position += keyword.Length;
        return keyword switch
        {
            "{" => ReadGroup(),
            "if" => ReadIf(),
            "while" or "until" => ReadWhile(),
            "for" or "select" => ReadFor(keyword),
            "case" => ReadCase(),
            "[[" => ReadTest(),
            "function" => ReadFunctionKeyword(),
            "coproc" => ReadCoprocess(),
            _ => Unexpected(keyword),
        };
    }

    private SimpleNode Unexpected(string keyword)
    {
        Refuse($"`{keyword}` is not expected there");
        return new([], []);
    }

    private BlockNode ReadSubshell()
    {
        Position++;
        var list = ReadBody();
        Expect(')', "a parenthesis");
        return new(BlockKind.Subshell, list, []);
    }

    private BlockNode ReadGroup()
    {
        var list = ReadBody();
        ExpectKeyword("}");
        return new(BlockKind.Group, list, []);
    }

    private List<ShellNode> ReadBody()
    {
        var list = ReadList();
        if (list.Count == 0)
            Refuse("a command is missing");
        return list;
    }

    private BlockNode ReadIf()
    {
        List<ShellNode> parts = [];
        do
        {
            parts.AddRange(ReadBody());
            ExpectKeyword("then");
            parts.AddRange(ReadBody());
        } while (TakeKeyword("elif"));
        if (TakeKeyword("else"))
            parts.AddRange(ReadBody());
        ExpectKeyword("fi");
        return new(BlockKind.Branch, parts, []);
    }

    private BlockNode ReadWhile()
    {
        var parts = ReadBody();
        parts.AddRange(ReadDo());
        return new(BlockKind.Loop, parts, []);
    }

    private List<ShellNode> ReadDo()
    {
        ExpectKeyword("do");
        var parts = ReadBody();
        ExpectKeyword("done");
        return parts;
    }

    private BlockNode ReadFor(string keyword)
    {
        SkipBlanks();
        if (keyword == "for" && Current == '(' && Next == '(')
        {
            var head = ReadArithmetic(allowSemicolons: true);
            SkipBlanks();
            if (Current == ';')
                Position++;
            SkipNewlines();
            return new(BlockKind.Loop, ReadDo(), [head]);
        }
        var name = ReadName();
        SkipNewlines();
        List<SyntaxWord> words = [];
        if (TakeKeyword("in"))
            ReadWordsTo(words);
        else
            words.Add(new([new(PartKind.Parameter, "@", Quoted: true)], false, "\"$@\""));
        SkipBlanks();
        if (Current == ';' && Next != ';')
            Position++;
        SkipNewlines();
        return new(BlockKind.Loop, ReadDo(), words, name);
    }

    private void ReadWordsTo(List<SyntaxWord> words)
    {
        for (SkipBlanks(); !AtEnd && Current is not ('\n' or ';'); SkipBlanks())
        {
            if (!AtWord())
                Refuse($"`{Excerpt()}` is not expected there");
            else
                words.Add(ReadWord());
        }
    }

    private BlockNode ReadCase()
    {
        SkipBlanks();
        List<SyntaxWord> words = [ReadRequiredWord()];
        List<ShellNode> parts = [];
        SkipNewlines();
        ExpectKeyword("in");
        for (SkipNewlines(); !TakeKeyword("esac"); SkipNewlines())
        {
            if (AtEnd)
            {
                Refuse("`case` lacks `esac`");
                break;
            }
            if (Current == '(')
                Position++;
            do
            {
                SkipBlanks();
                words.Add(ReadRequiredWord());
                SkipBlanks();
            } while (Take("|"));
            Expect(')', "a pattern of `case`");
            parts.AddRange(ReadList());
            if (!Take(";;&") && !Take(";;") && !Take(";&") && PeekKeyword() != "esac")
                Refuse("`case` lacks `;;` or `esac`");
        }
        return new(BlockKind.Branch, parts, words);
    }

    private BlockNode ReadFunctionKeyword()
    {
        SkipBlanks();
        var name = ReadFunctionName();
        SkipBlanks();
        // A shell that lacks the keyword goes on behind every other form, without the function.
        var isCertain = Current is '{' or '(';
        if (Current == '(')
            TakeEmptyParentheses();
        return ReadFunctionBody(name) with { Name = isCertain ? name : null };
    }

    private BlockNode ReadFunctionBody(string name)
    {
        SkipNewlines();
        if (ReadCompound() is { } body)
            return new(BlockKind.Function, [body with { Redirections = ReadRedirections() }], [], name);
        Refuse("a function's body must be in braces");
        return new(BlockKind.Function, [], [], name);
    }

    private void TakeEmptyParentheses()
    {
        Position++;
        SkipBlanks();
        Expect(')', "a parenthesis");
    }

    private BlockNode ReadCoprocess()
    {
        SkipBlanks();
        return new(BlockKind.Subshell, [ReadCommand()], []);
    }

    private string ReadFunctionName()
    {
        var start = Position;
        while (IsName(Current) || Current is '-' or '.' or ':' or '+')
            Position++;
        if (Position == start || !IsBlankOrEnd(Current))
            Refuse("a function's name must be made of letters, digits and underscores");
        return _text[start..Position];
    }

    private string ReadName()
    {
        var start = Position;
        while (IsName(Current))
            Position++;
        if (Position == start || char.IsAsciiDigit(_text[start]) || !IsBlankOrEnd(Current))
        {
            Refuse("a variable's name is expected");
            return "";
        }
        return _text[start..Position];
    }

    /// <summary>The keyword that stands here as a word of its own, unquoted; null when none does.</summary>
    private string? PeekKeyword()
    {
        var c = Current;
        if (!char.IsAsciiLetterLower(c) && c is not ('{' or '}' or '!' or '[' or ']'))
            return null;
        var end = Position + 1;
        while (end < _text.Length && end - Position < 9 && !IsBlankOrEnd(_text[end]))
            end++;
        return Keywords
            .GetAlternateLookup<ReadOnlySpan<char>>()
            .TryGetValue(_text.AsSpan(Position, end - Position), out var word)
            ? word
            : null;
    }

    private bool PeekPlain(string word) =>
        string.CompareOrdinal(_text, Position, word, 0, word.Length) == 0
        && (Position + word.Length >= _text.Length || IsBlankOrEnd(_text[Position + word.Length]));

    private bool TakeKeyword(string word)
    {
        if (AtEnd || !PeekPlain(word))
            return false;
        Position += word.Length;
        return true;
    }

    private void ExpectKeyword(string word)
    {
        if (!TakeKeyword(word))
            Refuse($"`{word}` is missing");
    }
}
