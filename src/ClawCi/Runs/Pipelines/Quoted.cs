using System.Globalization;
using System.Text;

namespace ClawCi.Runs.Pipelines;

/// <summary>Words that anybody may have chosen, as other languages take them literally.</summary>
internal static class Quoted
{
    /// <summary>
    /// Whether a word can be written into any definition: it has no character that ends a line, is invisible or is none in YAML.
    /// </summary>
    public static bool CanBe(string word) =>
        word.EnumerateRunes()
            .All(rune =>
                rune.Value is not (0xFFFD or 0xFFFE or 0xFFFF)
                && Rune.GetUnicodeCategory(rune)
                    is not (
                        UnicodeCategory.Control
                        or UnicodeCategory.Format
                        or UnicodeCategory.LineSeparator
                        or UnicodeCategory.ParagraphSeparator
                    )
            );

    /// <summary>One word of a POSIX shell's. What needs no quotes has none.</summary>
    public static string Shell(string word) =>
        word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_=./,:@%+".Contains(letter))
            ? word
            : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    /// <summary>Words of a command line.</summary>
    public static string Shell(IEnumerable<string> words) => string.Join(' ', words.Select(Shell));

    /// <summary>A text in YAML, in the style in which only the quote itself means anything.</summary>
    public static string Yaml(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
