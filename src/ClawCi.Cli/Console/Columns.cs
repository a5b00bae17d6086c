using System.Text;

namespace ClawCi.Cli.Console;

/// <summary>Text in the columns of a terminal.</summary>
internal static class Columns
{
    private const string Cut = "…";

    /// <summary>At most so many: terminals disagree on what is wide, so whatever is not ASCII counts twice.</summary>
    public static int Of(string text) => text.EnumerateRunes().Sum(Of);

    /// <summary>The text, or as much of its beginning as fits.</summary>
    public static string Fit(string text, int most)
    {
        if (Of(text) <= most)
            return text;
        var (fitting, left) = (new StringBuilder(), most - Of(Cut));
        foreach (var rune in text.EnumerateRunes())
        {
            left -= Of(rune);
            if (left < 0)
                break;
            fitting.Append(rune.ToString());
        }
        return most < Of(Cut) ? "" : $"{fitting}{Cut}";
    }

    private static int Of(Rune rune) => rune.IsAscii ? 1 : 2;
}
