using System.Globalization;
using System.Text;

namespace ClawCi.Permissions.Shell;

/// <summary>The escapes of <c>$'…'</c>.</summary>
internal static class AnsiEscapes
{
    private const string Names = "abeEfnrtv\\'\"?";
    private const string Values = "\a\b\u001b\u001b\f\n\r\t\v\\'\"?";

    /// <returns>Null for what gives no ASCII character, or is read differently by different shells.</returns>
    public static string? Decode(ReadOnlySpan<char> text)
    {
        var decoded = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                decoded.Append(text[i]);
                continue;
            }
            if (++i == text.Length)
                return null;
            var named = Names.IndexOf(text[i], StringComparison.Ordinal);
            if (named >= 0)
            {
                decoded.Append(Values[named]);
                continue;
            }
            var (digits, isHex, from) = text[i] switch
            {
                'x' => (2, true, i + 1),
                'u' => (4, true, i + 1),
                'U' => (8, true, i + 1),
                >= '0' and <= '7' => (3, false, i),
                _ => (0, false, 0),
            };
            var end = from;
            while (
                end < text.Length
                && end - from < digits
                && (isHex ? char.IsAsciiHexDigit(text[end]) : text[end] is >= '0' and <= '7')
            )
                end++;
            if (end == from)
                return null;
            var value = isHex
                ? long.Parse(text[from..end], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
                : Convert.ToInt64(text[from..end].ToString(), 8);
            if (value is 0 or > 127)
                return null;
            decoded.Append((char)value);
            i = end - 1;
        }
        return decoded.ToString();
    }
}
