namespace ClawCi.Permissions.Shell;

/// <summary>What a shell line is made of; the order is the one in which it is written.</summary>
internal abstract record ShellNode
{
    public IReadOnlyList<Redirection> Redirections { get; init; } = [];
}

/// <summary>Variables set, and the words of one command; either may be missing.</summary>
internal sealed record SimpleNode(IReadOnlyList<Assignment> Assignments, IReadOnlyList<SyntaxWord> Words) : ShellNode;

/// <summary>Everything that has commands inside.</summary>
/// <param name="Words">What it expands itself: the words of <c>for</c>, subject and patterns of <c>case</c>, operands of a test.</param>
/// <param name="Name">The function's name, null when only some shells define it; or the variable of a loop.</param>
internal sealed record BlockNode(
    BlockKind Kind,
    IReadOnlyList<ShellNode> Parts,
    IReadOnlyList<SyntaxWord> Words,
    string? Name = null
) : ShellNode;

/// <summary>What a block means for the commands in it.</summary>
internal enum BlockKind
{
    /// <summary>One after the other.</summary>
    List,

    /// <summary>Each on a condition, after the first.</summary>
    AndOr,

    /// <summary>Each in a shell of its own.</summary>
    Subshell,

    /// <summary>In braces, and what nothing else is said of.</summary>
    Group,

    /// <summary><c>if</c> and <c>case</c>.</summary>
    Branch,

    /// <summary><c>while until for select</c>.</summary>
    Loop,

    /// <summary>A definition: the commands run when it is called.</summary>
    Function,

    /// <summary><c>(( ))</c>.</summary>
    Arithmetic,

    /// <summary><c>[[ ]]</c>.</summary>
    Test,
}

/// <summary>A word of a shell line before anything is expanded.</summary>
/// <param name="Parts">Adjacent; a word without any is the empty word, <c>''</c>.</param>
/// <param name="Plain">Nothing of it is quoted, so that it can be a keyword.</param>
/// <param name="Source">As it is written.</param>
internal sealed record SyntaxWord(IReadOnlyList<WordPart> Parts, bool Plain, string Source);

/// <param name="Text">Literal text with quotes removed; a parameter's name; the text of an arithmetic expansion.</param>
/// <param name="Quoted">The result stays one word and is no pattern.</param>
/// <param name="Script">The commands of a substitution.</param>
/// <param name="Inner">What a parameter expansion or arithmetic expands inside.</param>
/// <param name="Operator">Of a parameter expansion: what follows its name.</param>
internal sealed record WordPart(
    PartKind Kind,
    string Text,
    bool Quoted = false,
    BlockNode? Script = null,
    IReadOnlyList<WordPart>? Inner = null,
    string Operator = ""
);

internal enum PartKind
{
    Literal,

    /// <summary>Unquoted <c>* ? [</c>, braces with alternatives: any number of words.</summary>
    Pattern,
    Parameter,
    Command,
    Process,
    Arithmetic,

    /// <summary><c>$"…"</c>: translated by a catalogue that nobody knows.</summary>
    Translated,
}

/// <param name="Index">What stands in brackets after the name; null for a plain variable.</param>
/// <param name="Values">One, or the elements of a list.</param>
internal sealed record Assignment(string Name, string? Index, IReadOnlyList<SyntaxWord> Values);

/// <param name="Operator">Without the number before it.</param>
/// <param name="Target">The file, the descriptor, or the body of a here-document or here-string.</param>
/// <param name="Literal">Of a here-document: its delimiter is quoted, so that nothing in it is expanded.</param>
internal sealed record Redirection(string Operator, SyntaxWord Target, bool Literal = false)
{
    public bool IsHereDocument => Operator is "<<" or "<<-" or "<<<";
}
