using ClawCi.Permissions.Shell;

namespace ClawCi.Permissions;

/// <summary>The first words of a command, with alternatives; matched against the words of one simple command.</summary>
/// <param name="Exact">Whether nothing may follow.</param>
internal sealed record CommandPattern(IReadOnlyList<IReadOnlyList<string>> Positions, bool Exact = false)
{
    private readonly bool _hasOptions = Positions.Skip(1).Any(IsOption);

    /// <summary>
    /// Whether the command may be one of these, for a deny rule: the program by whatever path, past every option before
    /// the subcommand, options of the rule wherever they stand, and a word that the shell computes counts as any word.
    /// </summary>
    public bool MayMatch(IReadOnlyList<ShellWord> words)
    {
        if (words.Count == 0)
            return true;
        var first = words[0];
        if (!MayBeOneOf(Positions[0], first) && !MayBeOneOf(Positions[0], first.FileName()))
            return false;
        if (Positions.Count == 1)
            return !Exact || words.Count == 1 || words.Any(word => word.Kind == WordKind.Many);
        if (first.Kind == WordKind.Many)
            return true;
        var starts = Starts(words);
        return starts.Any(start => MayMatchFrom(words, start))
            || (_hasOptions && !Exact && starts.Any(start => MayMatchOptions(words, start)));
    }

    /// <summary>
    /// Whether the command is certainly one of these, for an allow rule: the program exactly as the rule has it, past
    /// harmless options only, and no word that the shell computes where the rule has one.
    /// </summary>
    public bool CertainlyMatches(IReadOnlyList<ShellWord> words)
    {
        if (words.Count == 0 || !words[0].IsLiteral || !Positions[0].Contains(words[0].Text))
            return false;
        if (IsPrefixFrom(words, 1))
            return true;
        var options = ProgramOptions.Of(words[0].Text);
        var next = 1;
        while (next < words.Count && words[next].Text.StartsWith('-') && words[next].Kind != WordKind.Many)
        {
            var length = options.LengthIfHarmless(words[next].Text);
            if (length == 0 || (length == 2 && next + 1 < words.Count && words[next + 1].Kind == WordKind.Many))
                return false;
            next += length;
        }
        return next > 1 && IsPrefixFrom(words, next);
    }

    public override string ToString() =>
        string.Join(' ', Positions.Select(words => string.Join('|', words))) + (Exact ? "" : " …");

    private bool IsPrefixFrom(IReadOnlyList<ShellWord> words, int start)
    {
        var matched = start + Positions.Count - 1;
        if (Exact ? words.Count != matched : words.Count < matched)
            return false;
        for (var i = 1; i < Positions.Count; i++)
        {
            if (!words[start + i - 1].IsLiteral || !Positions[i].Contains(words[start + i - 1].Text))
                return false;
        }
        return true;
    }

    private bool MayMatchFrom(IReadOnlyList<ShellWord> words, int start)
    {
        for (var i = 1; i < Positions.Count; i++)
        {
            var at = start + i - 1;
            if (
                at >= words.Count
                || !MayBeOneOf(Positions[i], words[at])
                || (IsOption(Positions[i]) && EndsOptions(words, at))
            )
                return false;
            // It may become several words, so that nothing is known of what follows.
            if (words[at].Kind == WordKind.Many)
                return true;
        }
        return !Exact || words.Count == start + Positions.Count - 1;
    }

    /// <summary>Options of the rule anywhere in the words, its other words in order among the rest.</summary>
    private bool MayMatchOptions(IReadOnlyList<ShellWord> words, int start)
    {
        var operand = start;
        for (var i = 1; i < Positions.Count; i++)
        {
            if (IsOption(Positions[i]))
            {
                if (!Positions[i].Any(option => OptionMatch.IsAmong(words, option)))
                    return false;
                continue;
            }
            while (operand < words.Count && words[operand].Text.StartsWith('-'))
                operand++;
            if (operand >= words.Count || !MayBeOneOf(Positions[i], words[operand]))
                return false;
            if (words[operand++].Kind == WordKind.Many)
                return true;
        }
        return true;
    }

    private static bool IsOption(IReadOnlyList<string> position) =>
        position.All(word => word is ['-', _, ..] && word != "--");

    private static bool EndsOptions(IReadOnlyList<ShellWord> words, int at) =>
        words.Take(at).Any(word => word.Text == "--" && word.IsLiteral);

    private static bool MayBeOneOf(IReadOnlyList<string> position, ShellWord word)
    {
        foreach (var text in position)
        {
            if (word.MayBe(text))
                return true;
        }
        return false;
    }

    /// <summary>Where the subcommand may stand, in every way to read the options before it.</summary>
    private static List<int> Starts(IReadOnlyList<ShellWord> words)
    {
        List<int> starts = [1];
        if (words.Count < 2 || !words[1].Text.StartsWith('-'))
            return starts;
        var options = ProgramOptions.Of(words[0].FileName().Text);
        // How many words were read as options, in each reading that is still open.
        HashSet<int> open = [1];
        for (var next = 1; next < words.Count; next++)
        {
            if (!open.Remove(next))
                continue;
            if (next > 1)
                starts.Add(next);
            if (!words[next].Text.StartsWith('-'))
                continue;
            var length = options.LengthIfKnown(words[next].Text);
            open.UnionWith(length == 0 ? [next + 1, next + 2] : [next + length]);
        }
        return starts;
    }
}
