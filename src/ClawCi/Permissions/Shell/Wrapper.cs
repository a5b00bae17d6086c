using System.Collections.Frozen;

namespace ClawCi.Permissions.Shell;

/// <summary>A program that runs another which its arguments name.</summary>
/// <param name="Flags">Options without a value.</param>
/// <param name="Valued">Options with one, which may be the next word.</param>
/// <param name="Operands">How many words stand before the command.</param>
/// <param name="Form">How the command stands in the words.</param>
/// <param name="Transparent">Nothing but the command happens: an allow rule for that is enough.</param>
internal sealed record Wrapper(string Flags, string Valued, int Operands, WrapperForm Form, bool Transparent)
{
    private readonly FrozenSet<string> _flags = [.. Flags.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
    private readonly FrozenSet<string> _valued = [.. Valued.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>How many words the option takes; 0 when it is not known.</summary>
    public int Length(string option)
    {
        if (option.StartsWith("--", StringComparison.Ordinal))
        {
            var equals = option.IndexOf('=', StringComparison.Ordinal);
            return equals > 0 ? (_valued.Contains(option[..equals]) || _flags.Contains(option[..equals]) ? 1 : 0)
                : _flags.Contains(option) ? 1
                : _valued.Contains(option) ? 2
                : 0;
        }
        if (_flags.Contains(option) || (option.Length > 1 && option.AsSpan(1).ContainsOnlyDigits()))
            return 1;
        for (var i = 1; i < option.Length; i++)
        {
            var letter = $"-{option[i]}";
            if (_valued.Contains(letter))
                return i + 1 < option.Length ? 1 : 2;
            if (!_flags.Contains(letter))
                return 0;
        }
        return 1;
    }
}

internal static class SpanExtensions
{
    public static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange('0', '9');
}

internal enum WrapperForm
{
    /// <summary>The rest of the words.</summary>
    Words,

    /// <summary>The rest of the words, with variables set before it.</summary>
    WordsAfterVariables,

    /// <summary>The rest of the words, with more at the end that come from elsewhere.</summary>
    WordsAndMore,

    /// <summary>The rest of the words as text for a shell.</summary>
    Text,

    /// <summary>The value of the option <c>-c</c>, as text for a shell; else a shell of its own.</summary>
    TextOfC,
}
