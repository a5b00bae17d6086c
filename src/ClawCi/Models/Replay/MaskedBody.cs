using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClawCi.Models.Replay;

/// <summary>
/// A reply's body without secrets. Its strings are masked as what they say, and what is told in pieces over several events
/// as the whole: a secret that was cut in two stands in no single event.
/// </summary>
internal static class MaskedBody
{
    private const string Data = "data:";
    private const string Delta = "delta";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <param name="body">Server-sent events, or one JSON text; anything else is masked as it is.</param>
    /// <param name="mask">Takes secrets out of a text.</param>
    public static string Apply(string body, Func<string, string> mask)
    {
        if (Parse(body) is { } whole)
            return mask(MaskPieces([whole], mask) ? whole.ToJsonString(RequestJson.OneLine) : body);
        var lines = body.Split('\n');
        var events = lines.Select(line => line.StartsWith(Data, StringComparison.Ordinal) ? Parse(line[5..]) : null);
        JsonNode?[] parsed = [.. events];
        if (MaskPieces(parsed, mask))
        {
            for (var i = 0; i < lines.Length; i++)
                lines[i] = parsed[i] is { } json ? $"{Data} {json.ToJsonString(RequestJson.OneLine)}" : lines[i];
        }
        // The connection was lost within this event: no client reads it, and it may hold the rest of a secret.
        if (parsed[^1] is null && lines[^1].StartsWith(Data, StringComparison.Ordinal))
            lines[^1] = "";
        return mask(string.Join('\n', lines));
    }

    /// <summary>Masks in place: the first piece of a text that held a secret gets all of it, and the others nothing.</summary>
    /// <returns>Whether there was one.</returns>
    private static bool MaskPieces(IReadOnlyList<JsonNode?> events, Func<string, string> mask)
    {
        List<(string Path, JsonValue Text)> strings = [];
        foreach (var json in events.OfType<JsonObject>())
            Collect(json, $"{json["type"]}", isDelta: false, strings);
        var isMasked = false;
        foreach (var pieces in strings.GroupBy(piece => piece.Path, piece => piece.Text))
        {
            var text = string.Concat(pieces.Select(piece => piece.GetValue<string>()));
            var masked = mask(text);
            if (masked == text)
                continue;
            isMasked = true;
            foreach (var piece in pieces)
            {
                Replace(piece, masked);
                masked = "";
            }
        }
        return isMasked;
    }

    private static void Replace(JsonValue piece, string text)
    {
        if (piece.Parent is JsonObject json)
            json[piece.GetPropertyName()] = JsonValue.Create(text);
        else if (piece.Parent is JsonArray items)
            items[piece.GetElementIndex()] = JsonValue.Create(text);
    }

    /// <param name="path">Of texts that belong together the same; their numbers are in members named <c>…index</c>.</param>
    private static void Collect(JsonNode? node, string path, bool isDelta, List<(string Path, JsonValue Text)> strings)
    {
        switch (node)
        {
            case JsonObject json:
                var place = new StringBuilder(path);
                foreach (var (name, value) in json)
                {
                    if (name.EndsWith("index", StringComparison.Ordinal) && value is JsonValue)
                        place.Append($" {name}={value}");
                }
                foreach (var (name, value) in json)
                    Collect(value, $"{place}/{name}", isDelta || name == Delta, strings);
                break;
            case JsonArray items:
                foreach (var item in items)
                    Collect(item, path, isDelta, strings);
                break;
            case JsonValue text when text.GetValueKind() is JsonValueKind.String:
                strings.Add((isDelta ? path : $"{path} #{strings.Count}", text));
                break;
        }
    }

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Strict) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
