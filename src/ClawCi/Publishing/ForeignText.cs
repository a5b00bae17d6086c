using System.Text.RegularExpressions;

namespace ClawCi.Publishing;

/// <summary>
/// Text of a model's or a task's in places where platforms look for orders: it reads the same and orders nothing. Nobody is mentioned,
/// no issue closed, no pipeline skipped, no quick action taken, no co-author or sign-off claimed, no link made.
/// </summary>
internal static partial class ForeignText
{
    /// <summary>Of no width, and between two signs enough that they are no longer one word.</summary>
    private const string Gap = "\u200B";

    /// <summary>On one line, at most so long.</summary>
    public static string Line(string text, int most)
    {
        var line = VisibleText.Line(text.Trim());
        return Inert(Order(), line.Length <= most ? line : $"{line[..Whole(line, most - 1)]}…");
    }

    /// <summary>Several lines, of which none begins with an order.</summary>
    public static string Lines(string text, int most)
    {
        var visible = VisibleText.Of(text.Trim());
        var cut = visible.Length <= most ? visible : $"{visible[..Whole(visible, most)]}\n…";
        return string.Join('\n', cut.Split('\n').Select(line => Inert(OrderOfLine(), Inert(Order(), line))));
    }

    /// <summary>Never half of a surrogate pair.</summary>
    private static int Whole(string text, int length) => char.IsHighSurrogate(text[length - 1]) ? length - 1 : length;

    private static string Inert(Regex order, string line) => order.Replace(line, match => match.Value + Gap);

    /// <summary>
    /// A mention, a reference (<c>#1</c>, <c>!1</c>, <c>GH-1</c>), a bracket (<c>[skip ci]</c>), <c>***NO_CI***</c>, an address.
    /// </summary>
    [GeneratedRegex(
        @"[@#!*\[]|GH-|:(?=//)|\bskip(?=[ _-]*checks\b)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Order();

    /// <summary>What means something at the beginning of a line, a quick action or a trailer, or in GitLab's texts alone.</summary>
    [GeneratedRegex(@"^\s*/|^\s*[A-Za-z-]+(?=\s*:)|[~%&$]", RegexOptions.CultureInvariant)]
    private static partial Regex OrderOfLine();
}
