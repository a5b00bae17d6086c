namespace ClawCi.Permissions.Shell;

/// <summary>What a shell line may do.</summary>
/// <param name="Commands">Every command that may run, in whatever branch, substitution or wrapper.</param>
/// <param name="Files">What its redirections open.</param>
/// <param name="Doubt">Why no allow rule can be certain of it; null when nothing speaks against.</param>
internal sealed record ShellReading(
    IReadOnlyList<ShellCommand> Commands,
    IReadOnlyList<RedirectedFile> Files,
    string? Doubt
)
{
    /// <summary>Reads a line; what is not understood is one command that may be any.</summary>
    public static ShellReading Of(string line)
    {
        var bounds = new ParseBounds();
        var script = ShellParser.Parse(line, bounds, out var refusal);
        if (script is null)
            return new([new([], refusal)], [new(null, true, ""), new(null, false, "")], refusal);
        return script.Parts.Count > 0
            ? new CommandCollector(bounds).Read(script)
            : new([new([], "there is no command")], [], null);
    }

    /// <summary>The words of a line that is one plain command; null when it is more, less or computed.</summary>
    public static IReadOnlyList<string>? PlainWords(string line, out string? refusal)
    {
        var script = ShellParser.Parse(line, new ParseBounds(), out refusal);
        if (script is not { Parts: [SimpleNode { Assignments.Count: 0, Redirections.Count: 0 } command] })
            refusal ??= "it is more than one command";
        else if (!command.Words.All(word => word.Parts is [{ Kind: PartKind.Literal }]))
            refusal = "a word of it is computed";
        else
            return [.. command.Words.Select(word => word.Parts[0].Text)];
        return null;
    }
}

/// <summary>A file that a redirection opens.</summary>
/// <param name="Path">Absolute or relative to the workspace, not normalised; null when it is computed.</param>
/// <param name="Source">As it is written.</param>
internal sealed record RedirectedFile(string? Path, bool Writes, string Source);
