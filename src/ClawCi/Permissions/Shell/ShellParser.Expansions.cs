using System.Buffers;
using System.Text;

namespace ClawCi.Permissions.Shell;

/// <summary>What starts with a dollar or a backquote.</summary>
internal sealed partial class ShellParser
{
    private static readonly SearchValues<char> Quoting = SearchValues.Create("'\"`\\#;");

    private void ReadExpansion(WordParts parts, bool quoted)
    {
        if (!Enter())
            return;
        if (Current == '`')
            parts.Add(new(PartKind.Command, "", quoted, ReadBackquoted(quoted)));
        else
            ReadDollar(parts, quoted);
        Leave();
    }

    private void ReadDollar(WordParts parts, bool quoted)
    {
        var c = Next;
        if (c == '(' && Position + 2 < _text.Length && _text[Position + 2] == '(')
        {
            Position++;
            parts.Add(ReadArithmetic(allowSemicolons: false).Parts[0] with { Quoted = quoted });
        }
        else if (c == '(')
        {
            Position++;
            parts.Add(new(PartKind.Command, "", quoted, ReadSubstitution()));
        }
        else if (c == '{')
        {
            Position += 2;
            parts.Add(ReadBraced(quoted));
        }
        else if (c == '\'' && !quoted)
            ReadAnsiQuoted(parts);
        else if (c == '"' && !quoted)
        {
            Position += 2;
            parts.Add(new(PartKind.Translated, "", Quoted: true, Inner: ReadExpandedText('"')));
            Expect('"', "a quote");
        }
        else if (c == '[')
            Refuse("`$[` is an old form; write `$((`");
        else if (c == '\\' && Position + 2 < _text.Length && _text[Position + 2] == '\n')
            Refuse("a backslash continues the line inside an expansion");
        else if (IsNameStart(c))
        {
            var start = ++Position;
            while (IsName(Current))
                Position++;
            parts.Add(new(PartKind.Parameter, _text[start..Position], quoted));
        }
        else if (char.IsAsciiDigit(c) || c is '@' or '*' or '#' or '?' or '$' or '!' or '-')
        {
            parts.Add(new(PartKind.Parameter, c.ToString(), quoted));
            Position += 2;
        }
        else
        {
            parts.Append('$');
            Position++;
        }
    }

    /// <summary>From the opening parenthesis to behind the closing one.</summary>
    private BlockNode ReadSubstitution()
    {
        // `$((` is arithmetic and was read as that; where `<((` ends bash finds by counting parentheses.
        if (Next == '(')
            Refuse("`<((` is not clear; put a space between the parentheses");
        var start = Position++;
        PendingHereDocument[] outer = [.. _pending];
        var outerBodies = _bodiesEnd;
        _pending.Clear();
        _bodiesEnd = null;
        var list = ReadList();
        // Bash 5.2 prints the tree and reads it again, and there `b;c` behind a here-document becomes `b c`.
        if (_bodiesEnd is { } end && _text.AsSpan(end, Math.Max(0, Position - end)).ContainsAnyExcept(" \t\n"))
            Refuse("commands follow a here-document in a substitution; end the substitution behind it");
        Expect(')', "a substitution");
        if (_pending.Count > 0)
            Refuse("a here-document in a substitution has no body");
        if (outer.Length > 0 && _text.AsSpan(start, Position - start).Contains('\n'))
            Refuse("a substitution goes over the end of a line with a here-document");
        _pending.AddRange(outer);
        _bodiesEnd = outerBodies;
        return new(BlockKind.Subshell, list, []);
    }

    private BlockNode? ReadBackquoted(bool quoted)
    {
        var script = new StringBuilder();
        for (Position++; !AtEnd && Current != '`'; Position++)
        {
            if (Current == '\n')
                RefuseNewline("\n");
            if (Current == '\\' && (Next is '\\' or '`' or '$' || (quoted && Next == '"')))
                Position++;
            if (!AtEnd)
                script.Append(Current);
        }
        Expect('`', "a backquote");
        if (_refusal is not null)
            return null;
        var parsed = Parse(script.ToString(), _bounds, out var refusal);
        if (refusal is not null)
            Refuse(refusal);
        return parsed is null ? null : new BlockNode(BlockKind.Subshell, parsed.Parts, []);
    }

    /// <summary><c>${…}</c> from behind the brace.</summary>
    private WordPart ReadBraced(bool quoted)
    {
        var kind = "";
        // `${#}`, `${#-}` and `${!}` are parameters; before a name these ask for something else.
        if (
            Current is '#' or '!'
            && (
                IsName(Next)
                || (Current == '#' && Next is '@' or '*' && Position + 2 < _text.Length && _text[Position + 2] == '}')
            )
        )
        {
            kind = Current.ToString();
            Position++;
        }
        var start = Position;
        if (IsNameStart(Current))
        {
            while (IsName(Current))
                Position++;
        }
        else if (char.IsAsciiDigit(Current))
        {
            while (char.IsAsciiDigit(Current))
                Position++;
        }
        else if (Current is '@' or '*' or '#' or '?' or '$' or '!' or '-')
            Position++;
        else
            Refuse("`${` is not followed by a name");
        var name = _refusal is null ? _text[start..Position] : "";
        List<WordPart> inner = [];
        if (Current == '[')
        {
            var index = ReadIndex();
            if (index.Text is "@" or "*")
                name += $"[{index.Text}]";
            else
                inner.Add(index);
        }
        var from = Position;
        while (
            Current is ':' or '-' or '=' or '?' or '+' or '#' or '%' or '/' or '^' or ',' or '@' && Position - from < 2
        )
            Position++;
        var operation = AtEnd ? "" : _text[from..Position];
        if (operation is ":" || operation is [':', not ('-' or '=' or '?' or '+')])
        {
            Position = from + 1;
            inner.Add(ReadOffset());
            operation = ":";
        }
        else if (operation is ['@', ..])
        {
            Position = from + 1;
            operation = $"@{Current}";
            Position++;
        }
        else if (operation.Length > 0)
            inner.AddRange(ReadOperand(quoted));
        Expect('}', "`${`");
        return new(PartKind.Parameter, name, quoted, Inner: inner, Operator: kind + operation);
    }

    private WordPart ReadIndex()
    {
        var start = ++Position;
        while (!AtEnd && Current != ']')
        {
            if (!IsName(Current) && Current is not ('@' or '*' or '$' or '+' or '-' or '#'))
                Refuse("an index is computed");
            Position++;
        }
        var text = _refusal is null ? _text[start..Position] : "";
        Expect(']', "an index");
        return new(PartKind.Arithmetic, text);
    }

    private WordPart ReadOffset()
    {
        var start = Position;
        List<WordPart> nested = [];
        while (!AtEnd && Current != '}')
        {
            if (Current == '$')
            {
                var parts = new WordParts();
                ReadExpansion(parts, quoted: true);
                nested.AddRange(parts.Build());
            }
            else if (Current is '\'' or '"' or '`' or '\\' or '{' or '(' or '[')
                Refuse("an offset is computed");
            else
                Position++;
        }
        return new(PartKind.Arithmetic, _refusal is null ? _text[start..Position] : "", Inner: nested);
    }

    /// <summary>What stands behind the operator of a parameter expansion, up to its brace.</summary>
    private List<WordPart> ReadOperand(bool quoted)
    {
        var parts = new WordParts();
        while (!AtEnd && Current != '}')
        {
            var c = Current;
            if (c is '$' or '`')
                ReadExpansion(parts, quoted);
            else if (c == '\\' && Next is not ('\n' or '\0'))
            {
                parts.Append(Next);
                Position += 2;
            }
            else if (c == '\'' && !quoted)
                ReadSingleQuoted(parts);
            else if (c == '"' && !quoted)
                ReadDoubleQuoted(parts);
            else if (c is '\'' or '"' or '\\' or '{')
                Refuse($"`{c}` stands in `${{…}}` where shells differ");
            else if (c is '<' or '>' && Next == '(')
                Refuse("a process substitution stands in `${…}`");
            else
            {
                if (c == '\n')
                    RefuseNewline("\n");
                parts.Append(c);
                Position++;
            }
        }
        return parts.Build();
    }

    /// <summary><c>((…))</c> from its first parenthesis, as one word with one part.</summary>
    private SyntaxWord ReadArithmetic(bool allowSemicolons)
    {
        var start = Position;
        Position += 2;
        List<WordPart> nested = [];
        var depth = 0;
        while (!AtEnd && !(depth == 0 && Current == ')'))
        {
            var c = Current;
            if (c == '$')
            {
                var from = Position;
                var parts = new WordParts();
                ReadExpansion(parts, quoted: true);
                nested.AddRange(parts.Build());
                // Bash finds the end of the arithmetic before it reads what is inside.
                if (_text.AsSpan(from, Position - from) is ['$', '(', ..] inside && inside.ContainsAny(Quoting))
                    Refuse("arithmetic contains a substitution with quotes");
            }
            else if (c is '\'' or '"' or '`' or '\\' || (c == ';' && !allowSemicolons))
                Refuse("arithmetic contains a quote or a semicolon");
            else
            {
                depth +=
                    c == '(' ? 1
                    : c == ')' ? -1
                    : 0;
                if (c == '\n')
                    RefuseNewline("\n");
                Position++;
            }
        }
        if (!Take("))"))
            Refuse("`((` is not closed by `))`; for a subshell put a space between the parentheses");
        var text = _refusal is null ? _text[(start + 2)..(Position - 2)] : "";
        return new(
            [new(PartKind.Arithmetic, text, Inner: nested)],
            false,
            _refusal is null ? _text[start..Position] : ""
        );
    }

    private BlockNode ReadArithmeticCommand() =>
        new(BlockKind.Arithmetic, [], [ReadArithmetic(allowSemicolons: false)]);
}
