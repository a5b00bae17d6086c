using System.Security.Cryptography;
using System.Text;

namespace ClawCi.Prompts;

/// <summary>
/// Marks text that nobody whom the run trusts has written. The mark ends with a number that is made of the text, so no text can
/// hold its own end; the word of the mark is broken where the text has it, so none holds another's either.
/// </summary>
internal static class WorkspaceText
{
    private const string Tag = "workspace-data";
    private const int DigestBytes = 8;

    /// <param name="text">Untrusted, of bounded length.</param>
    public static string Mark(string text)
    {
        var shown = VisibleText.Of(text).Replace(Tag, "workspace data", StringComparison.OrdinalIgnoreCase).TrimEnd();
        var number = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(shown)).AsSpan(0, DigestBytes));
        return $"<{Tag} {number}>\n{shown}\n</{Tag} {number}>\n";
    }
}
