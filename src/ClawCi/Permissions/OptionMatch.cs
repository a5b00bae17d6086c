using ClawCi.Permissions.Shell;

namespace ClawCi.Permissions;

/// <summary>Options as programs read them: <c>-r -f</c>, <c>-fr</c> and <c>--recursive --force</c> are <c>-rf</c>.</summary>
internal static class OptionMatch
{
    private static readonly Dictionary<char, string> LongNames = new() { ['f'] = "--force", ['r'] = "--recursive" };

    /// <summary>Whether the command's words, up to <c>--</c>, may contain the option.</summary>
    public static bool IsAmong(IReadOnlyList<ShellWord> words, string option)
    {
        var letters =
            option is ['-', not '-', ..] && option.Length <= 4 && option.AsSpan(1).IndexOfAnyExcept(Letters) < 0
                ? option[1..]
                : "";
        var found = 0;
        var isGit = words[0].FileName().Text == "git";
        for (var at = 1; at < words.Count; at++)
        {
            var word = words[at];
            if (word is { IsLiteral: true, Text: "--" })
                break;
            // The message of a commit is no option, whatever it is.
            if (
                isGit
                && word.Kind == WordKind.One
                && words[at - 1] is { IsLiteral: true } before
                && TakesMessage(before.Text)
            )
                continue;
            if (word.MayBe(option) || IsLong(word.Text, option))
                return true;
            for (var i = 0; i < letters.Length; i++)
            {
                if (HasLetter(word, letters[i]))
                    found |= 1 << i;
            }
        }
        return letters.Length > 0 && found == (1 << letters.Length) - 1;
    }

    private static readonly System.Buffers.SearchValues<char> Letters = System.Buffers.SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    );

    private static bool TakesMessage(string option) =>
        option is "--message" or "--file" or "-F" || (option is ['-', not '-', ..] && option.EndsWith('m'));

    /// <summary>A long option, with its value or shortened; also by its letter.</summary>
    private static bool IsLong(string word, string option) =>
        option.StartsWith("--", StringComparison.Ordinal)
        && (
            word.StartsWith(option + "=", StringComparison.Ordinal)
            || (word.Length >= 4 && option.StartsWith(word, StringComparison.Ordinal))
            || LongNames.Any(pair =>
                pair.Value == option && word.Length <= 4 && HasLetter(ShellWord.Literal(word), pair.Key)
            )
        );

    private static bool HasLetter(ShellWord word, char letter)
    {
        var text = word.Text;
        if (text is ['-', '-', _, _, ..])
            return LongNames.TryGetValue(char.ToLowerInvariant(letter), out var name)
                && (name.StartsWith(text, StringComparison.Ordinal) || text.StartsWith(name, StringComparison.Ordinal));
        return text is ['-', not '-', ..]
            && text.AsSpan(1).IndexOfAnyExcept(Letters) < 0
            && (
                text.Contains(letter, StringComparison.Ordinal)
                || (letter is 'r' or 'R' && text.AsSpan().ContainsAny('r', 'R'))
            );
    }
}
