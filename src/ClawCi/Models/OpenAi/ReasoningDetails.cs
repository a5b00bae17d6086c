using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClawCi.Messages;

namespace ClawCi.Models.OpenAi;

/// <summary>
/// OpenRouter's account of how a model reasoned, signatures and encrypted parts included: put together from its pieces, and sent
/// back with the message it belongs to. https://openrouter.ai/docs/use-cases/reasoning-tokens
/// </summary>
internal sealed class ReasoningDetails
{
    private const string Type = "reasoning_details";

    /// <summary>What comes in pieces; of all else the last word counts.</summary>
    private static readonly string[] Texts = ["text", "summary", "data", "signature"];

    private readonly List<(string Key, JsonObject Members, Dictionary<string, StringBuilder> Texts)> _parts = [];

    public void Add(JsonElement pieces)
    {
        foreach (var piece in pieces.EnumerateArray())
        {
            if (piece.ValueKind == JsonValueKind.Object)
                AddPiece(piece);
        }
    }

    /// <summary>Null when there was none.</summary>
    public UnknownBlock? Build()
    {
        if (_parts.Count == 0)
            return null;
        var details = new JsonArray();
        foreach (var (_, members, texts) in _parts)
        {
            foreach (var (name, text) in texts)
                members[name] = text.ToString();
            details.Add((JsonNode)members);
        }
        var block = new JsonObject { ["type"] = Type, [Type] = details };
        return new UnknownBlock(JsonElement.Parse(block.ToJsonString()));
    }

    /// <returns>The account in a block that <see cref="Build"/> made; null for any other.</returns>
    public static JsonElement? In(ContentBlock block) =>
        block is UnknownBlock { Raw.ValueKind: JsonValueKind.Object } unknown
        && unknown.Raw.TryGetProperty("type", out var type)
        && type.ValueEquals(Type)
        && unknown.Raw.TryGetProperty(Type, out var details)
            ? details
            : null;

    private void AddPiece(JsonElement piece)
    {
        var key = Key(piece);
        var (_, members, texts) = _parts.Find(part => part.Key == key);
        if (members is null)
        {
            (members, texts) = (new JsonObject(), []);
            _parts.Add((key, members, texts));
        }
        foreach (var member in piece.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null)
                continue;
            if (!Texts.Contains(member.Name) || member.Value.ValueKind != JsonValueKind.String)
                members[member.Name] = JsonNode.Parse(member.Value.GetRawText());
            else if (texts.TryGetValue(member.Name, out var text))
                text.Append(member.Value.GetString());
            else
                texts[member.Name] = new StringBuilder(member.Value.GetString());
        }
    }

    private static string Key(JsonElement piece)
    {
        string Of(string name) => piece.TryGetProperty(name, out var value) ? value.ToString() : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Of("type")} {Of("index")}");
    }
}
