namespace ClawCi.Sandboxes.Workspaces;

/// <summary>One setting, or a section's beginning when it has no key.</summary>
/// <param name="Section">Lower case.</param>
/// <param name="Key">Lower case; null for a section header.</param>
/// <param name="Value">Null stands for true.</param>
internal sealed record GitConfigEntry(string Section, string? Subsection, string? Key, string? Value)
{
    /// <summary>In git's syntax, with its newline.</summary>
    public override string ToString()
    {
        if (Key is null)
            return Subsection is null ? $"[{Section}]\n" : $"[{Section} \"{Escape(Subsection)}\"]\n";
        return Value is null
            ? $"\t{Key}\n"
            : $"\t{Key} = \"{Escape(Value).Replace("\n", @"\n", StringComparison.Ordinal)}\"\n";
    }

    private static string Escape(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
