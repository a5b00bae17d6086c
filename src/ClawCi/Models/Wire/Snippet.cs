using System.Globalization;
using System.Text;

namespace ClawCi.Models.Wire;

/// <summary>Text of a stranger's, made fit for one line of a message: no control or format characters, at most so long.</summary>
internal static class Snippet
{
    public static string Of(ReadOnlySpan<byte> utf8, int length = 200) =>
        Of(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, 8 * length)]), length);

    public static string Of(string text, int length = 200)
    {
        var line = new StringBuilder(length + 1);
        foreach (var rune in text.EnumerateRunes())
        {
            var blank = Rune.IsWhiteSpace(rune) || Rune.IsControl(rune) || IsFormat(rune);
            if (blank && (line.Length == 0 || line[^1] == ' '))
                continue;
            if (line.Length >= length)
                return line.Append('…').ToString();
            line.Append(blank ? " " : rune.ToString());
        }
        return line.ToString().TrimEnd();
    }

    private static bool IsFormat(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.PrivateUse;
}
