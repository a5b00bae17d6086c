using System.Buffers;
using System.Text;

namespace ClawCi.Permissions.Shell;

/// <summary>Words and their quoting.</summary>
internal sealed partial class ShellParser
{
    private static readonly SearchValues<char> Special = SearchValues.Create(" \t\n;&|<>()'\"\\$`*?[{},.#~\r\v\f\0");

    /// <summary>One word.</summary>
    /// <param name="isPattern">The right side of <c>=~</c>: parentheses and bars belong to it.</param>
    private SyntaxWord ReadWord(bool isPattern = false)
    {
        var start = Position;
        var parts = new WordParts();
        var plain = true;
        // A brace expansion: `{`, then `,` or `..`, then `}`.
        var (braces, alternatives) = (0, false);
        while (!AtEnd)
        {
            var c = Current;
            var ordinary = _text.AsSpan(Position).IndexOfAny(Special);
            if (ordinary != 0)
            {
                var length = ordinary < 0 ? _text.Length - Position : ordinary;
                if (_text.AsSpan(Position, length).ContainsAnyInRange('\u0001', '\u001f') || c == '\u007f')
                    Refuse("it contains a control character");
                parts.Append(_text.AsSpan(Position, Math.Min(length, _text.Length - Position)));
                Position = Math.Min(Position + length, _text.Length);
                continue;
            }
            if (c is '<' or '>' && Next == '(' && !isPattern)
            {
                plain = false;
                Position++;
                parts.Add(new(PartKind.Process, "", Quoted: true, ReadSubstitution()));
                continue;
            }
            if (isPattern && c is '(' or '|' or ')')
            {
                if (c == ')' && braces == 0)
                    break;
                braces +=
                    c == '(' ? 1
                    : c == ')' ? -1
                    : 0;
            }
            else if (IsBlankOrEnd(c) && !(isPattern && braces > 0 && c == ' '))
                break;
            switch (c)
            {
                case '\\' when Next == '\n':
                    SkipContinuation();
                    break;
                case '\\':
                    plain = false;
                    if (Position + 1 == _text.Length)
                        Refuse("it ends in a backslash");
                    else
                        parts.Append(Next);
                    parts.MarkQuoted();
                    Position += 2;
                    break;
                case '\'':
                    plain = false;
                    ReadSingleQuoted(parts);
                    break;
                case '"':
                    plain = false;
                    ReadDoubleQuoted(parts);
                    break;
                case '$':
                case '`':
                    plain = false;
                    ReadExpansion(parts, quoted: false);
                    break;
                case '*' or '?' when !isPattern:
                case '[' when !isPattern && ClosesBracket():
                    parts.AddPattern(c);
                    Position++;
                    break;
                case '\r' or '\v' or '\f':
                    Refuse("it contains a control character");
                    break;
                default:
                    if (!isPattern)
                    {
                        alternatives |= braces > 0 && (c == ',' || (c == '.' && Next == '.'));
                        if (c == '}' && braces > 0 && alternatives)
                            parts.IsBraceExpansion = true;
                        braces +=
                            c == '{' ? 1
                            : c == '}' && braces > 0 ? -1
                            : 0;
                    }
                    parts.Append(c);
                    Position++;
                    break;
            }
        }
        if (isPattern && braces > 0)
            Refuse("a parenthesis is not closed");
        return new(parts.Build(), plain, _text[start..Math.Clamp(Position, start, _text.Length)]);
    }

    /// <summary>Whether the bracket opens a set: a bracket alone is the command <c>[</c>.</summary>
    private bool ClosesBracket()
    {
        // What was looked for once is not looked for again: a word may have many brackets.
        if (Position + 1 >= _bracket.End)
        {
            var end = Position + 1;
            // Quotes and expansions in a set: take it for one.
            while (
                end < _text.Length
                && !IsBlankOrEnd(_text[end])
                && (end == Position + 1 || _text[end] is not (']' or '\'' or '"' or '$' or '`' or '\\'))
            )
                end++;
            _bracket = (end, end < _text.Length && !IsBlankOrEnd(_text[end]));
        }
        return _bracket.Closes;
    }

    private void ReadSingleQuoted(WordParts parts)
    {
        var close = _text.IndexOf('\'', Position + 1);
        if (close < 0)
        {
            Refuse("a quote is not closed");
            return;
        }
        var inside = _text.AsSpan((Position + 1)..close);
        RefuseNewline(inside);
        parts.Append(inside);
        parts.MarkQuoted();
        if (_refusal is null)
            Position = close + 1;
    }

    /// <summary>Bodies of here-documents would begin at a newline inside a quote, or not: shells differ.</summary>
    private void RefuseNewline(ReadOnlySpan<char> text)
    {
        if (_pending.Count > 0 && text.Contains('\n'))
            Refuse("a quote goes over the end of a line with a here-document");
    }

    private void ReadDoubleQuoted(WordParts parts)
    {
        Position++;
        parts.MarkQuoted();
        foreach (var part in ReadExpandedText('"'))
            parts.Add(part);
        Expect('"', "a quote");
    }

    /// <summary>Text in which only <c>$</c>, backquotes and backslashes mean something.</summary>
    /// <param name="end">The quote that ends it; null for the whole text, of a here-document.</param>
    private List<WordPart> ReadExpandedText(char? end)
    {
        var parts = new WordParts();
        parts.MarkQuoted();
        if (!Enter())
            return [];
        while (!AtEnd && Current != end)
        {
            switch (Current)
            {
                case '\\' when Next is '$' or '`' or '\\' || (Next == '"' && end is not null):
                    parts.Append(Next);
                    Position += 2;
                    break;
                case '\\' when Next == '\n':
                    SkipContinuation();
                    break;
                case '$':
                case '`':
                    ReadExpansion(parts, quoted: true);
                    break;
                case '\n':
                    RefuseNewline("\n");
                    parts.Append('\n');
                    Position++;
                    break;
                default:
                    var length = _text.AsSpan(Position).IndexOfAny("\\$`\"\n");
                    length = length < 0 ? _text.Length - Position : Math.Max(1, length);
                    parts.Append(_text.AsSpan(Position, length));
                    Position += length;
                    break;
            }
        }
        Leave();
        return parts.Build();
    }

    /// <summary><c>$'…'</c>: escapes are decoded as bash does. Where sh would end it elsewhere it is refused.</summary>
    private void ReadAnsiQuoted(WordParts parts)
    {
        var close = _text.IndexOf('\'', Position + 2);
        if (close < 0)
        {
            Refuse("a quote is not closed");
            return;
        }
        var inside = _text.AsSpan((Position + 2)..close);
        RefuseNewline(inside);
        if ((inside.Length - inside.TrimEnd('\\').Length) % 2 == 1)
            Refuse("`$'…'` contains an escaped quote; write it in double quotes");
        else if (AnsiEscapes.Decode(inside) is { } text)
        {
            parts.Append(text);
            parts.MarkQuoted();
            Position = close + 1;
        }
        else
            Refuse("`$'…'` contains an escape that is not plain");
    }
}
