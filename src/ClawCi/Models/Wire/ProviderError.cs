using System.Text;
using System.Text.Json;

namespace ClawCi.Models.Wire;

/// <summary>A provider's error object, fit for one line of a message.</summary>
/// <param name="Word">Its code, or its type where that says more; empty when there is neither.</param>
/// <param name="RequestId">As the body names it.</param>
internal sealed record ProviderError(string Word, string Message, string? RequestId = null)
{
    /// <summary>Types that say nothing which the code does not say better.</summary>
    private static readonly string[] Vague = ["", "error", "invalid_request_error", "requests", "tokens"];

    /// <summary>The error object in a body; else what can be said of the body in one line.</summary>
    public static ProviderError Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var root = JsonElement.Parse(body);
            var id = Text(root, "request_id", 100);
            if (root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
                return Of(error) with { RequestId = id is "" ? null : id };
            // FastAPI's and older servers' spellings.
            var message = FirstText(root, "message", "detail", "error");
            return message is "" ? new("", Describe(body)) : new(WordOf(root), message);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new("", Describe(body));
        }
    }

    /// <exception cref="InvalidOperationException">It is no object.</exception>
    public static ProviderError Of(JsonElement error) => new(WordOf(error), Text(error, "message", 200));

    private static string WordOf(JsonElement error)
    {
        var (type, code) = (Text(error, "type", 40), Text(error, "code", 40));
        return code is not "" && Vague.Contains(type) ? code : type;
    }

    private static string FirstText(JsonElement root, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (Text(root, name, 200) is { Length: > 0 } text)
                return text;
        }
        return "";
    }

    private static string Text(JsonElement element, string name, int length) =>
        !element.TryGetProperty(name, out var value) ? ""
        : value.ValueKind == JsonValueKind.String ? Snippet.Of(value.GetString()!, length)
        : value.ValueKind == JsonValueKind.Number ? value.GetRawText()
        : "";

    /// <summary>One line about a body that is not ours to read: of an HTML page its title, of other text its start.</summary>
    public static string Describe(ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, 16 * 1024)]).TrimStart();
        if (text.Length == 0)
            return "(empty body)";
        if (!text.StartsWith('<'))
            return Snippet.Of(text);
        var title = Between(text, "<title>", "</title>") ?? Between(text, "<h1>", "</h1>");
        return title is null ? "an HTML page" : $"an HTML page, '{Snippet.Of(title, 100)}'";
    }

    private static string? Between(string text, string open, string close)
    {
        var start = text.IndexOf(open, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
            return null;
        start += open.Length;
        var end = text.IndexOf(close, start, StringComparison.OrdinalIgnoreCase);
        return end < 0 ? null : text[start..end];
    }
}
