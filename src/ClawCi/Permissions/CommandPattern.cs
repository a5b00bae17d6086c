namespace ClawCi.Permissions;

/// <summary>The first words of a command, with alternatives; matched against the words of one simple command.</summary>
/// <param name="Exact">Whether nothing may follow.</param>
internal sealed record CommandPattern(IReadOnlyList<IReadOnlyList<string>> Positions, bool Exact = false)
{
    /// <summary>
    /// Whether the command may be one of these, for a deny rule: the program by whatever path, past every option before
    /// the subcommand, and a word that the shell expands counts as any word.
    /// </summary>
    public bool MayMatch(IReadOnlyList<ShellWord> words) =>
        Readings(words)
            .Any(reading =>
            {
                var text = Path.GetFileName(reading[0].Text);
                List<ShellWord> named = [new(text, reading[0].IsPattern), .. reading.Skip(1)];
                return MayMatchWords(reading) || MayMatchWords(named);
            });

    /// <summary>
    /// Whether the command is certainly one of these, for an allow rule: the program exactly as the rule has it, past
    /// harmless options only, and no word that the shell expands where the rule has one.
    /// </summary>
    public bool CertainlyMatches(IReadOnlyList<ShellWord> words)
    {
        if (IsPrefixOf(words))
            return true;
        var options = ProgramOptions.Of(words[0].Text);
        var next = 1;
        while (next < words.Count && words[next].Text.StartsWith('-') && !words[next].IsPattern)
        {
            var length = options.LengthIfHarmless(words[next].Text);
            if (length == 0 || (length == 2 && next + 1 < words.Count && words[next + 1].IsPattern))
                return false;
            next += length;
        }
        return next > 1 && IsPrefixOf([words[0], .. words.Skip(next)]);
    }

    public override string ToString() =>
        string.Join(' ', Positions.Select(words => string.Join('|', words))) + (Exact ? "" : " …");

    private bool IsPrefixOf(IReadOnlyList<ShellWord> words) =>
        (Exact ? words.Count == Positions.Count : words.Count >= Positions.Count)
        && Positions.Zip(words).All(pair => !pair.Second.IsPattern && pair.First.Contains(pair.Second.Text));

    private bool MayMatchWords(IReadOnlyList<ShellWord> words)
    {
        for (var i = 0; i < Positions.Count; i++)
        {
            if (i >= words.Count)
                return false;
            // It may become several words, so that nothing is known of what follows.
            if (words[i].IsPattern)
                return true;
            if (!Positions[i].Contains(words[i].Text))
                return false;
        }
        return !Exact || words.Count == Positions.Count;
    }

    /// <summary>The words as they are, and without the options before the subcommand, in every way to read those.</summary>
    private static List<IReadOnlyList<ShellWord>> Readings(IReadOnlyList<ShellWord> words)
    {
        var options = ProgramOptions.Of(Path.GetFileName(words[0].Text));
        List<IReadOnlyList<ShellWord>> readings = [words];
        // How many words were read as options, in each reading that is still open.
        HashSet<int> open = [1];
        for (var next = 1; next < words.Count; next++)
        {
            if (!open.Remove(next))
                continue;
            if (!words[next].Text.StartsWith('-'))
            {
                readings.Add([words[0], .. words.Skip(next)]);
                continue;
            }
            readings.Add([words[0], .. words.Skip(next)]);
            var length = options.LengthIfKnown(words[next].Text);
            open.UnionWith(length == 0 ? [next + 1, next + 2] : [next + length]);
        }
        return readings;
    }
}
