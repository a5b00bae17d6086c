using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ClawCi;

/// <summary>
/// Text that someone else wrote, with nothing hidden in it: control characters, bidirectional overrides and other
/// invisible characters become signs that can be read, so that what a person sees is what is there.
/// </summary>
internal static partial class VisibleText
{
    /// <summary>Names, because the pictures that Unicode has for them are missing in many fonts.</summary>
    private static readonly string[] ControlNames =
    [
        .. "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI".Split(' '),
        .. "DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US".Split(' '),
    ];

    /// <summary>Keeps line feeds and tabs, drops colour codes and the carriage return of a line's end.</summary>
    public static string Of(string text)
    {
        text = ColourOrLineEnd().Replace(text, "");
        var first = 0;
        while (first < text.Length && text[first] is (>= ' ' and <= '~') or '\n' or '\t')
            first++;
        if (first == text.Length)
            return text;
        var visible = new StringBuilder(text, 0, first, text.Length + 16);
        var previous = default(Rune);
        foreach (var rune in text.AsSpan(first).EnumerateRunes())
        {
            if (rune.Value is '\n' or '\t' || !IsHidden(rune, previous))
                visible.Append(rune.ToString());
            else
                visible.Append(Sign(rune.Value));
            previous = rune;
        }
        return visible.ToString();
    }

    /// <summary>The same on one line.</summary>
    public static string Line(string text) =>
        Of(text).Replace("\n", " ↵ ", StringComparison.Ordinal).Replace('\t', ' ');

    private static bool IsHidden(Rune rune, Rune previous) =>
        Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Control => true,
            UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
            // Joiners are part of ordinary writing in many scripts and of emoji; between ASCII they only deceive.
            UnicodeCategory.Format => rune.Value is not (0x200C or 0x200D) || previous.Value < 0x600,
            _ => false,
        };

    private static string Sign(int value) =>
        value switch
        {
            < 0x20 => $"⟨{ControlNames[value]}⟩",
            0x7F => "⟨DEL⟩",
            _ => $"⟨U+{value:X4}⟩",
        };

    [GeneratedRegex(@"\x1b\[[0-9;:]*m|\r(?=\n)")]
    private static partial Regex ColourOrLineEnd();
}
