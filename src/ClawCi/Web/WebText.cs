using System.Text;

namespace ClawCi.Web;

/// <summary>A page as text that a model reads.</summary>
internal static class WebText
{
    /// <summary>Where a file without a type shows what it is.</summary>
    private const int LookedAt = 8_000;

    /// <exception cref="FetchException">It is no text.</exception>
    public static string Of(WebPage page)
    {
        if (page.Body.AsSpan(0, Math.Min(page.Body.Length, LookedAt)).Contains((byte)0) && !IsWide(page))
            throw new FetchException("The page is no text, and only text is shown. Nothing of it was kept.");
        var text = Decode(page);
        return VisibleText.Of(page.IsHtml ? HtmlText.Of(text, page.Url) : text);
    }

    private static bool IsWide(WebPage page) =>
        page.Body is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]
        || page.Charset?.StartsWith("utf-16", StringComparison.OrdinalIgnoreCase) == true;

    private static string Decode(WebPage page)
    {
        using var reader = new StreamReader(
            new MemoryStream(page.Body),
            EncodingOf(page.Charset),
            detectEncodingFromByteOrderMarks: true
        );
        return reader.ReadToEnd();
    }

    /// <summary>What is not among these is read as UTF-8, which nearly all of the web is.</summary>
    private static Encoding EncodingOf(string? charset) =>
        charset?.ToLowerInvariant() switch
        {
            "utf-16" or "utf-16le" => Encoding.Unicode,
            "utf-16be" => Encoding.BigEndianUnicode,
            "iso-8859-1" or "latin1" or "windows-1252" or "us-ascii" => Encoding.Latin1,
            _ => Encoding.UTF8,
        };
}
