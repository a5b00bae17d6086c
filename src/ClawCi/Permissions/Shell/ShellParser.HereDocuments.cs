using System.Text;

namespace ClawCi.Permissions.Shell;

/// <summary>Here-documents: the delimiter where the redirection stands, the body behind the next newline.</summary>
internal sealed partial class ShellParser
{
    private Redirection ReadDelimiter(string token)
    {
        var start = Position;
        var delimiter = new StringBuilder();
        var quoted = false;
        while (!AtEnd && !IsBlankOrEnd(Current))
        {
            var c = Current;
            if (c is '\'' or '"')
            {
                var close = _text.IndexOf(c, Position + 1);
                var inside = close < 0 ? "\n" : _text[(Position + 1)..close];
                if (inside.AsSpan().ContainsAny('\n', '\\', '$'))
                    Refuse("a here-document's delimiter is not plain");
                else
                    Position = close + 1;
                delimiter.Append(inside);
                quoted = true;
            }
            else if (c is '$' or '`' || (c == '\\' && Next is '\n' or '\0'))
                Refuse("a here-document's delimiter is not plain");
            else
            {
                if (c == '\\')
                {
                    quoted = true;
                    Position++;
                }
                delimiter.Append(Current);
                Position++;
            }
        }
        if (Position == start)
            Refuse("a here-document has no delimiter");
        // The body joins the tree when it is reached; until then the word is empty.
        List<WordPart> body = [];
        _pending.Add(new(delimiter.ToString(), quoted, token == "<<-", body));
        return new(token, new SyntaxWord(body, false, $"{token}{delimiter}"), quoted);
    }

    private void ReadHereDocuments()
    {
        foreach (var pending in _pending.ToArray())
        {
            var body = ReadBodyText(pending);
            if (_refusal is not null)
                break;
            if (pending.Quoted)
                pending.Body.Add(new(PartKind.Literal, body, Quoted: true));
            else
                pending.Body.AddRange(ReadNested(body, parser => parser.ReadExpandedText(null)));
        }
        if (_pending.Count > 0)
            _bodiesEnd ??= Position;
        _pending.Clear();
    }

    private string ReadBodyText(PendingHereDocument pending)
    {
        var body = new StringBuilder();
        var continued = false;
        while (!AtEnd)
        {
            var end = _text.IndexOf('\n', Position);
            var line = _text.AsSpan(Position..(end < 0 ? _text.Length : end));
            Position = end < 0 ? _text.Length : end + 1;
            if (pending.StripsTabs)
                line = line.TrimStart('\t');
            if (line.SequenceEqual(pending.Delimiter))
            {
                if (continued)
                    Refuse("a here-document's last line ends in a backslash");
                // The newline behind the delimiter ends the command as well; there is nothing more to take.
                return body.ToString();
            }
            continued = !pending.Quoted && (line.Length - line.TrimEnd('\\').Length) % 2 == 1;
            body.Append(line).Append('\n');
        }
        Refuse($"the here-document is not ended by a line `{pending.Delimiter}`");
        return "";
    }

    /// <summary>Reads text that was taken out of the line and stands for itself.</summary>
    private List<WordPart> ReadNested(string text, Func<ShellParser, List<WordPart>> read)
    {
        var parser = new ShellParser(text, _bounds);
        var parts = read(parser);
        if (parser._refusal is { } refusal)
            Refuse(refusal);
        return parts;
    }

    private sealed record PendingHereDocument(string Delimiter, bool Quoted, bool StripsTabs, List<WordPart> Body);
}
