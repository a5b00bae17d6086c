namespace ClawCi.Permissions.Shell;

/// <summary>A word of a command, as far as it is known before the line runs.</summary>
/// <param name="Text">All of it when it is literal; else what certainly comes first.</param>
/// <param name="Tail">What certainly comes last, when it is computed and still one word.</param>
/// <param name="Source">As it is written, for people.</param>
internal readonly record struct ShellWord(string Text, WordKind Kind, string Tail, string Source)
{
    public static ShellWord Literal(string text) => new(text, WordKind.Literal, "", text);

    /// <summary>A word that the command gets while it runs: a file that <c>find</c> found.</summary>
    public static ShellWord Unknown(WordKind kind, string source) => new("", kind, "", source);

    public bool IsLiteral => Kind == WordKind.Literal;

    /// <summary>Whether it is, or may become, exactly this word.</summary>
    public bool MayBe(string word) =>
        IsLiteral
            ? Text == word
            : word.StartsWith(Text, StringComparison.Ordinal)
                && (Kind == WordKind.Many || word.EndsWith(Tail, StringComparison.Ordinal));

    /// <summary>The last part of a path, which names a program; the word itself where there is none.</summary>
    public ShellWord FileName()
    {
        var slash = IsLiteral ? Text.LastIndexOf('/') : -1;
        if (slash >= 0)
            return this with { Text = Text[(slash + 1)..] };
        slash = Kind == WordKind.One ? Tail.LastIndexOf('/') : -1;
        return slash >= 0 ? Literal(Tail[(slash + 1)..])
            : !IsLiteral && Text.Contains('/', StringComparison.Ordinal) ? this with { Text = "" }
            : this;
    }
}

internal enum WordKind
{
    Literal,

    /// <summary>Computed, and one word whatever comes out.</summary>
    One,

    /// <summary>Computed, and any number of words: unquoted, or a pattern.</summary>
    Many,
}
