using System.Text;

namespace ClawCi.Permissions.Shell;

/// <summary>Collects the parts of one word; adjacent literals become one.</summary>
internal sealed class WordParts
{
    private readonly List<WordPart> _parts = [];
    private readonly StringBuilder _literal = new();
    private bool _any;

    /// <summary>The word stands for several, whatever its parts are.</summary>
    public bool IsBraceExpansion { get; set; }

    public void Append(ReadOnlySpan<char> text) => _literal.Append(text);

    public void Append(char c) => _literal.Append(c);

    /// <summary>Even when it is empty, the word exists.</summary>
    public void MarkQuoted() => _any = true;

    public void Add(WordPart part)
    {
        if (part.Kind == PartKind.Literal)
        {
            _literal.Append(part.Text);
            return;
        }
        Flush();
        _parts.Add(part);
    }

    public void AddPattern(char c)
    {
        Flush();
        _parts.Add(new(PartKind.Pattern, c.ToString()));
    }

    public List<WordPart> Build()
    {
        Flush();
        if (IsBraceExpansion)
            _parts.Insert(0, new(PartKind.Pattern, ""));
        if (_parts.Count == 0 && _any)
            _parts.Add(new(PartKind.Literal, "", Quoted: true));
        return _parts;
    }

    private void Flush()
    {
        if (_literal.Length == 0)
            return;
        _parts.Add(new(PartKind.Literal, _literal.ToString()));
        _literal.Clear();
    }
}
