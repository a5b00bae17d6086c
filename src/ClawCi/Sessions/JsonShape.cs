using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClawCi.Sessions;

/// <summary>
/// A JSON Schema that values are held against: of the language as much as our own schemas use. A word that it does not
/// know is an error when it is made: it cannot pass over a rule.
/// </summary>
internal sealed class JsonShape
{
    /// <summary>Say nothing that could be broken, or what another word says already.</summary>
    private static readonly FrozenSet<string> Silent = ["default", "format", "title", "description"];

    private readonly string? _type;
    private readonly FrozenSet<string>? _words;
    private readonly FrozenDictionary<string, JsonShape> _properties = FrozenDictionary<string, JsonShape>.Empty;
    private readonly string[] _required = [];
    private readonly JsonShape? _items;
    private readonly JsonShape? _others;

    public JsonShape(JsonObject schema)
    {
        foreach (var (word, value) in schema)
        {
            switch (word)
            {
                case "type":
                    _type = value!.GetValue<string>();
                    break;
                case "const":
                    _words = [value!.GetValue<string>()];
                    break;
                case "enum":
                    _words = value!.AsArray().Select(one => one!.GetValue<string>()).ToFrozenSet();
                    break;
                case "properties":
                    _properties = value!.AsObject().ToFrozenDictionary(property => property.Key, Of);
                    break;
                case "required":
                    _required = [.. value!.AsArray().Select(name => name!.GetValue<string>())];
                    break;
                case "items":
                    _items = Of(value!);
                    break;
                case "additionalProperties":
                    _others = Of(value!);
                    break;
                default:
                    if (!Silent.Contains(word))
                        throw new NotSupportedException($"{word} in a schema");
                    break;
            }
        }
    }

    /// <summary>What is wrong with a value: <c>changes.files is missing</c>.</summary>
    /// <param name="path">What the value is called.</param>
    public void Check(JsonElement value, string path, Action<string> wrong)
    {
        if (_type is not null && !IsOf(_type, value))
        {
            wrong($"{path} is not {(_type is "array" or "integer" or "object" ? "an" : "a")} {_type}");
            return;
        }
        if (_words is not null && !(value.ValueKind == JsonValueKind.String && _words.Contains(value.GetString()!)))
            wrong($"{path} is none of: {string.Join(", ", _words)}");
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                CheckProperties(value, path, wrong);
                break;
            case JsonValueKind.Array when _items is not null:
                var at = 0;
                foreach (var item in value.EnumerateArray())
                    _items.Check(item, $"{path}[{at++}]", wrong);
                break;
        }
    }

    private void CheckProperties(JsonElement value, string path, Action<string> wrong)
    {
        foreach (var name in _required)
        {
            if (!value.TryGetProperty(name, out _))
                wrong($"{path}.{name} is missing");
        }
        if (_properties.Count == 0 && _others is null)
            return;
        foreach (var property in value.EnumerateObject())
            _properties
                .GetValueOrDefault(property.Name, _others!)
                ?.Check(property.Value, $"{path}.{property.Name}", wrong);
    }

    private static bool IsOf(string type, JsonElement value) =>
        (type, value.ValueKind) switch
        {
            ("object", JsonValueKind.Object) => true,
            ("array", JsonValueKind.Array) => true,
            ("string", JsonValueKind.String) => true,
            ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
            ("number", JsonValueKind.Number) => true,
            ("integer", JsonValueKind.Number) => value.TryGetInt64(out _),
            _ => false,
        };

    private static JsonShape Of(KeyValuePair<string, JsonNode?> property) => Of(property.Value!);

    private static JsonShape Of(JsonNode node) =>
        node is JsonObject schema ? new(schema)
        : node.GetValue<bool>() ? new([])
        : throw new NotSupportedException("false in a schema");
}
