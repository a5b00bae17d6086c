namespace ClawCi.Permissions.Shell;

/// <summary>
/// Reads a shell line into its tree, as bash and POSIX sh both do. What the two read differently, what older versions
/// read differently, and what is rare enough to be meant as a trick is refused with the reason. Recursion and work are
/// bounded, since whoever wrote the line is not trusted.
/// </summary>
internal sealed partial class ShellParser
{
    private readonly string _text;
    private readonly ParseBounds _bounds;
    private readonly List<PendingHereDocument> _pending = [];
    private string? _refusal;

    /// <summary>Behind the first here-documents of the substitution that is being read; null when it had none yet.</summary>
    private int? _bodiesEnd;

    /// <summary>Where the search for the end of a bracket ended, and whether there was one.</summary>
    private (int End, bool Closes) _bracket;

    private ShellParser(string text, ParseBounds bounds)
    {
        (_text, _bounds) = (text, bounds);
        if (!bounds.Spend(text.Length))
            Refuse("it is too long to be read");
    }

    /// <returns>The tree; null with the reason when the line is not understood for certain.</returns>
    public static BlockNode? Parse(string line, ParseBounds bounds, out string? refusal)
    {
        var parser = new ShellParser(line, bounds);
        var script = parser.ReadScript();
        refusal = parser._refusal;
        return refusal is null ? script : null;
    }

    /// <summary>Never behind the end, and at the end once something was refused: every loop ends there.</summary>
    private int Position
    {
        get;
        set => field = _refusal is null ? Math.Min(value, _text.Length) : _text.Length;
    }

    private bool AtEnd => Position >= _text.Length;

    private char Current => Position < _text.Length ? _text[Position] : '\0';

    private char Next => Position + 1 < _text.Length ? _text[Position + 1] : '\0';

    private BlockNode ReadScript()
    {
        foreach (var c in _text)
        {
            if (c == '\0')
                Refuse("it contains a NUL character");
        }
        var script = new BlockNode(BlockKind.List, ReadList(), []);
        if (!AtEnd)
            Refuse($"`{Excerpt()}` is not expected there");
        if (_pending.Count > 0)
            Refuse("a here-document has no body");
        return script;
    }

    /// <summary>Ends the reading.</summary>
    private void Refuse(string reason)
    {
        _refusal ??= reason;
        Position = _text.Length;
    }

    private bool Enter()
    {
        if (++_bounds.Depth <= ParseBounds.MaxDepth)
            return true;
        Refuse("it is nested too deeply");
        return false;
    }

    private void Leave() => _bounds.Depth--;

    /// <summary>Blanks, continued lines and, where a token starts, a comment.</summary>
    private void SkipBlanks()
    {
        while (!AtEnd)
        {
            if (Current is ' ' or '\t')
                Position++;
            else if (Current == '\\' && Next == '\n')
                SkipContinuation();
            else if (Current == '#')
            {
                var end = _text.IndexOf('\n', Position);
                Position = end < 0 ? _text.Length : end;
                return;
            }
            else
                return;
        }
    }

    private void SkipContinuation()
    {
        if (_pending.Count > 0)
            Refuse("a line with a here-document is continued by a backslash");
        else
            Position += 2;
    }

    /// <summary>Newlines where a command may start; the bodies of here-documents stand behind the first.</summary>
    private void SkipNewlines()
    {
        SkipBlanks();
        while (Current == '\n')
        {
            TakeNewline();
            SkipBlanks();
        }
    }

    private void TakeNewline()
    {
        Position++;
        ReadHereDocuments();
    }

    /// <summary>Takes an operator. A continued line inside one is a trick.</summary>
    private bool Take(string token)
    {
        if (string.CompareOrdinal(_text, Position, token, 0, token.Length) != 0)
            return false;
        Position += token.Length;
        return true;
    }

    private void Expect(char c, string what)
    {
        if (Current == c && !AtEnd)
            Position++;
        else
            Refuse($"{what} is not closed");
    }

    private static bool IsBlankOrEnd(char c) =>
        c is ' ' or '\t' or '\n' or '\0' or ';' or '&' or '|' or '<' or '>' or '(' or ')';

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_';

    private static bool IsName(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    private string Excerpt()
    {
        var end = Position;
        while (end < _text.Length && end - Position < 12 && _text[end] is not (' ' or '\n' or '\t'))
            end++;
        return end == Position ? "a line end" : _text[Position..end];
    }
}
