using System.Net;
using System.Text;

namespace ClawCi.Artifacts;

/// <summary>
/// Puts untrusted text into Markdown so that it stays text: every sign that could mean something to a renderer is
/// written as a character reference, which CommonMark never takes for structure.
/// </summary>
internal static class Markdown
{
    /// <summary>Text on one line. An <c>@</c> is cut off from the name after it, so that nobody is called.</summary>
    public static string Text(string text) =>
        Encode(VisibleText.Line(text)).Replace("&#64;", "&#64;&#8203;", StringComparison.Ordinal);

    /// <summary>One line of code.</summary>
    public static string Code(string text) => $"<code>{Encode(VisibleText.Line(text))}</code>";

    /// <summary>A block of lines as they are. Only <c>&lt;/pre&gt;</c> could end it, and that is encoded.</summary>
    public static string Block(string text) => $"<pre>{WebUtility.HtmlEncode(VisibleText.Of(text))}</pre>";

    private static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length + 16);
        var previous = ' ';
        foreach (var c in text)
        {
            if (char.IsAsciiLetterOrDigit(c) || c == ' ' || c > '~' || IsHarmless(c, previous, text[0]))
                encoded.Append(c);
            else
                encoded.Append("&#").Append((int)c).Append(';');
            previous = c;
        }
        return encoded.ToString();
    }

    /// <summary>Inside a word these begin nothing, and paths stay readable in the source; <c>www.</c> begins a link.</summary>
    private static bool IsHarmless(char c, char previous, char first) =>
        c is ',' or '-' or '/' or '.'
        && (char.IsAsciiLetter(previous) || (char.IsAsciiDigit(previous) && char.IsAsciiLetter(first)))
        && (c != '.' || previous is not ('w' or 'W'));
}
