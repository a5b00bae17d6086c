using System.Security.Cryptography;
using System.Text;

namespace ClawCi;

/// <summary>
/// Text that nobody whom the run trusts has written, between marks for a model. The marks bear a number that is made of the text, so no
/// text can hold its own end; the word of the mark is broken where the text has it, so none looks as if it did.
/// </summary>
internal static class MarkedText
{
    private const int DigestBytes = 8;

    /// <param name="word">What the marks call it: words with hyphens.</param>
    /// <param name="text">Of bounded length.</param>
    public static string Of(string word, string text)
    {
        var shown = VisibleText
            .Of(text)
            .Replace(word, word.Replace('-', ' '), StringComparison.OrdinalIgnoreCase)
            .TrimEnd();
        var number = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(shown)).AsSpan(0, DigestBytes));
        return $"<{word} {number}>\n{shown}\n</{word} {number}>";
    }

    /// <summary>What the workspace says.</summary>
    public static string OfWorkspace(string text) => Of("workspace-data", text);
}
