using System.Text;
using System.Text.Encodings.Web;

namespace ClawCi.Sessions;

/// <summary>The ways in which a secret value is written without anybody wanting to hide it.</summary>
internal static class SecretEncodings
{
    /// <summary>A line of a secret of several lines counts by itself when it has this many characters.</summary>
    private const int ShortestLine = 16;

    /// <summary>Each as it is, and as <see cref="UnbrokenText"/> leaves it.</summary>
    public static IEnumerable<string> Of(string value)
    {
        var ways = Ways(value);
        // Logs take texts apart by lines.
        if (value.Contains('\n', StringComparison.Ordinal))
            ways = ways.Concat(
                value
                    .Split('\n', StringSplitOptions.TrimEntries)
                    .Where(line => line.Length >= ShortestLine && !line.StartsWith("-----", StringComparison.Ordinal))
                    .SelectMany(Ways)
            );
        return ways.SelectMany(way => new[] { way, UnbrokenText.Of(way).Text }).Distinct();
    }

    private static IEnumerable<string> Ways(string value)
    {
        yield return value;
        var url = Uri.EscapeDataString(value);
        yield return url;
        yield return LowerHexDigits(url, '%');
        yield return url.Replace("%20", "+", StringComparison.Ordinal);
        yield return url.Replace("%2F", "/", StringComparison.Ordinal);
        foreach (var encoder in new[] { JavaScriptEncoder.Default, JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
        {
            var json = encoder.Encode(value);
            yield return json;
            yield return LowerHexDigits(json, 'u');
            yield return json.Replace("/", @"\/", StringComparison.Ordinal);
            // A string in a string, as when a tool prints what another one answered.
            yield return encoder.Encode(json);
        }
        var bytes = Encoding.UTF8.GetBytes(value);
        yield return Convert.ToHexStringLower(bytes);
        yield return Convert.ToHexString(bytes);
        foreach (var base64 in Base64(bytes))
        {
            yield return base64;
            yield return base64.Replace('+', '-').Replace('/', '_');
        }
    }

    /// <summary>Inside a longer text base64 depends on the position modulo three; the ends mix with what is around them.</summary>
    private static IEnumerable<string> Base64(byte[] bytes)
    {
        for (var shift = 0; shift < 3; shift++)
        {
            var encoded = Convert.ToBase64String([.. new byte[shift], .. bytes]).TrimEnd('=');
            var from = shift == 0 ? 0 : shift + 1;
            var until = encoded.Length - ((bytes.Length + shift) % 3 == 0 ? 0 : 1);
            yield return encoded[from..until];
        }
    }

    /// <summary>Encoders differ in the case of the two or four digits behind the mark.</summary>
    private static string LowerHexDigits(string text, char mark)
    {
        var parts = text.Split(mark);
        var digits = mark == '%' ? 2 : 4;
        for (var i = 1; i < parts.Length; i++)
        {
            if (parts[i].Length >= digits && parts[i].AsSpan(0, digits).IndexOfAnyExcept(HexDigits) < 0)
                parts[i] = parts[i][..digits].ToLowerInvariant() + parts[i][digits..];
        }
        return string.Join(mark, parts);
    }

    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create(
        "0123456789ABCDEFabcdef"
    );
}
