namespace ClawCi.Web;

/// <summary>What a host answered in the end.</summary>
/// <param name="Url">After all redirects.</param>
/// <param name="Type">The media type, lower case; empty when the host named none.</param>
/// <param name="Charset">As the host named it; null when it did not.</param>
/// <param name="IsCut">Whether there was more than is read of a page.</param>
internal sealed record WebPage(Uri Url, int Status, string Type, string? Charset, byte[] Body, bool IsCut)
{
    public bool IsHtml => Type is "text/html" or "application/xhtml+xml";

    /// <summary>Whether a page of the media type can be shown as text. One without a type is tried.</summary>
    public static bool IsText(string type) =>
        type.Length == 0
        || type.StartsWith("text/", StringComparison.Ordinal)
        || type.EndsWith("+json", StringComparison.Ordinal)
        || type.EndsWith("+xml", StringComparison.Ordinal)
        || type
            is "application/json"
                or "application/xml"
                or "application/x-ndjson"
                or "application/javascript"
                or "application/yaml"
                or "application/x-yaml"
                or "application/toml";
}
