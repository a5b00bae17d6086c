namespace ClawCi.Configuration;

/// <summary>A node of a YAML or JSON file, with its place.</summary>
internal abstract record SourceNode(Place Place)
{
    /// <summary>The node in words, for messages: <c>a list</c>, <c>the number 3</c>.</summary>
    public string Describe() =>
        this switch
        {
            SourceMapping => "a mapping",
            SourceSequence { Items.Count: 0 } => "an empty list",
            SourceSequence => "a list",
            SourceScalar { Kind: ScalarKind.Null } => "nothing",
            SourceScalar { Kind: ScalarKind.Boolean } scalar => $"the boolean {scalar.Text}",
            SourceScalar { Kind: ScalarKind.Text } scalar => $"the text {Quote(scalar.Text)}",
            SourceScalar scalar => $"the number {Shorten(scalar.Text)}",
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>A user's text inside a message: one line, bounded, in back quotes.</summary>
    public static string Quote(string text) => $"`{Shorten(text)}`";

    /// <summary>One line of at most 60 characters.</summary>
    public static string Shorten(string text)
    {
        var line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        return line.Length <= 60 ? line : line[..57] + "...";
    }
}

/// <summary>A scalar; <see cref="Kind"/> is what YAML 1.2's core schema makes of it.</summary>
internal sealed record SourceScalar(Place Place, string Text, ScalarKind Kind) : SourceNode(Place);

/// <summary>Keys and values in the order of the file. No key occurs twice.</summary>
internal sealed record SourceMapping(Place Place, IReadOnlyList<SourceEntry> Entries) : SourceNode(Place)
{
    public SourceEntry? this[string key] => Entries.FirstOrDefault(entry => entry.Key == key);
}

/// <summary>One key and its value.</summary>
internal sealed record SourceEntry(string Key, Place Place, SourceNode Value);

/// <summary>A list.</summary>
internal sealed record SourceSequence(Place Place, IReadOnlyList<SourceNode> Items) : SourceNode(Place);
