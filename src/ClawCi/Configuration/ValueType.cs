using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClawCi.Configuration;

/// <summary>A type that a file gives in a shape of its own.</summary>
/// <param name="Expected">In words, for messages.</param>
/// <param name="Accepts">Whether a node has that shape.</param>
/// <param name="Schema">The same as JSON Schema.</param>
internal sealed record ValueType(string Expected, Func<SourceNode, bool> Accepts, Func<JsonObject> Schema)
{
    private const string Word = @"^[^ \t\r\n]+$";

    private static readonly Dictionary<Type, ValueType> All = new()
    {
        [typeof(string)] = new("text", node => IsText(node, out _), () => Type("string")),
        [typeof(bool)] = new(
            "`true` or `false`",
            node => node is SourceScalar { Kind: ScalarKind.Boolean },
            () => Type("boolean")
        ),
        [typeof(Duration)] = new(
            Duration.Expected,
            node => IsText(node, out var text) && Duration.Parse(text) is not null,
            () => Pattern(Duration.Pattern)
        ),
        [typeof(ByteSize)] = new(
            ByteSize.Expected,
            node => IsText(node, out var text) && ByteSize.Parse(text) is not null,
            () => Pattern(ByteSize.Pattern)
        ),
        [typeof(OneOrMore)] = new(
            "text or a list of texts",
            node => IsText(node, out _) || IsListOf(node, item => IsText(item, out _)),
            () => AnyOf(Type("string"), ListOf(Type("string")))
        ),
        [typeof(CommandWords)] = new(
            "a list of words, such as `[git, [push, remote]]`",
            node => IsListOf(node, item => IsText(item, out _) || IsListOf(item, word => IsText(word, out _))),
            () => ListOf(AnyOf(Pattern(Word), ListOf(Pattern(Word))))
        ),
        // What is inside the mapping is held against the rules of hosts by whoever knows them.
        [typeof(NetworkSetting)] = new("`none` or `{ allow: [hosts] }`", IsNetwork, () => Network("allow")),
        [typeof(NetworkCeiling)] = new("`none` or `{ allow: [hosts] }`", IsNetwork, () => Network("allow", "private")),
        // Likewise.
        [typeof(MatrixSetting)] = new(
            "a mapping of names to lists of values",
            node => node is SourceMapping,
            MatrixSetting.Schema
        ),
        [typeof(JsonElement)] = new("any value", node => true, () => []),
    };

    /// <summary>Null for a type that is not read by a shape of its own.</summary>
    public static ValueType? Of(Type type) => All.GetValueOrDefault(Nullable.GetUnderlyingType(type) ?? type);

    private static bool IsText(SourceNode node, out string text)
    {
        text = (node as SourceScalar)?.Text ?? "";
        return node is SourceScalar { Kind: ScalarKind.Text };
    }

    private static bool IsListOf(SourceNode node, Func<SourceNode, bool> accepts) =>
        node is SourceSequence { Items.Count: > 0 } list && list.Items.All(accepts);

    private static bool IsNetwork(SourceNode node) =>
        node is SourceMapping || (IsText(node, out var text) && text == NetworkSetting.None);

    private static JsonObject Network(params string[] keys)
    {
        var properties = new JsonObject();
        foreach (var key in keys)
            properties[key] = ListOf(Pattern(Word));
        return AnyOf(
            new JsonObject { ["enum"] = new JsonArray(NetworkSetting.None) },
            new JsonObject
            {
                ["type"] = "object",
                ["properties"] = properties,
                ["required"] = new JsonArray("allow"),
                ["additionalProperties"] = false,
            }
        );
    }

    private static JsonObject Type(string type) => new() { ["type"] = type };

    private static JsonObject Pattern(string pattern) => new() { ["type"] = "string", ["pattern"] = pattern };

    private static JsonObject ListOf(JsonObject item) =>
        new()
        {
            ["type"] = "array",
            ["minItems"] = 1,
            ["items"] = item,
        };

    private static JsonObject AnyOf(params JsonNode[] choices) => new() { ["anyOf"] = new JsonArray(choices) };
}
