using System.Text;

namespace ClawCi.Auth;

/// <summary>
/// The words of a command that no shell reads: blanks part them, quotes and backslashes keep them together. Nothing is
/// expanded.
/// </summary>
internal static class CommandLine
{
    /// <returns>Null when a quote is not closed.</returns>
    public static string[]? Split(string text)
    {
        List<string> words = [];
        StringBuilder? word = null;
        var quote = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            var letter = text[i];
            if (letter == '\\' && quote != '\'' && i + 1 < text.Length)
                (word ??= new()).Append(text[++i]);
            else if (quote != '\0' && letter == quote)
                quote = '\0';
            else if (quote == '\0' && (letter is '\'' or '"'))
            {
                quote = letter;
                word ??= new();
            }
            else if (quote == '\0' && char.IsWhiteSpace(letter))
                Flush();
            else
                (word ??= new()).Append(letter);
        }
        Flush();
        return quote == '\0' ? [.. words] : null;

        void Flush()
        {
            if (word is not null)
                words.Add(word.ToString());
            word = null;
        }
    }
}
