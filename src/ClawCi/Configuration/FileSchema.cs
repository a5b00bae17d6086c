using System.ComponentModel;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace ClawCi.Configuration;

/// <summary>JSON Schema (draft 2020-12) of a file that <see cref="StrictReader"/> reads, from the same record and attributes.</summary>
internal static class FileSchema
{
    private static readonly JsonSchemaExporterOptions Options = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Transform,
    };

    public static JsonObject Of(JsonTypeInfo type, string title)
    {
        var schema = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = title };
        foreach (var (key, value) in type.GetJsonSchemaAsNode(Options).AsObject())
            schema[key] = value?.DeepClone();
        return schema;
    }

    private static JsonObject Transform(JsonSchemaExporterContext context, JsonNode node)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        var property = context.PropertyInfo?.AttributeProvider;
        var schema = ValueType.Of(type)?.Schema() ?? WithoutNull(node);
        if (Numbers.Of(type, Attribute<BetweenAttribute>(property)) is { } numbers)
            schema = Number(numbers, Attribute<BetweenAttribute>(property) is not null);
        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object)
        {
            schema["additionalProperties"] = false;
            if (type.GetCustomAttribute<ExactlyOneAttribute>() is { Keys: var keys })
                schema["oneOf"] = new JsonArray([
                    .. keys.Select(key => new JsonObject { ["required"] = new JsonArray(key) }),
                ]);
        }
        if (Attribute<TextAttribute>(property) is { Format: var format })
            AddPattern(schema, TextFormats.Pattern(format));
        if (Attribute<KeysAttribute>(property) is { Format: var keyFormat })
            schema["propertyNames"] = new JsonObject { ["pattern"] = TextFormats.Pattern(keyFormat) };
        return Described(schema, Attribute<DescriptionAttribute>(property)?.Description);
    }

    /// <summary>A file leaves a key out or gives it a value; null is neither.</summary>
    private static JsonObject WithoutNull(JsonNode node)
    {
        if (node is not JsonObject schema)
            return [];
        if (schema["type"] is JsonArray types)
            schema["type"] = types.First(type => type!.GetValue<string>() != "null")!.DeepClone();
        if (schema["enum"] is JsonArray words)
            schema["enum"] = new JsonArray([.. words.OfType<JsonNode>().Select(word => word.DeepClone())]);
        return schema;
    }

    private static JsonObject Number(Numbers numbers, bool bounded)
    {
        var schema = new JsonObject { ["type"] = numbers.Whole ? "integer" : "number" };
        if (bounded)
        {
            schema["minimum"] = (decimal)numbers.Min;
            schema["maximum"] = (decimal)numbers.Max;
        }
        return schema;
    }

    /// <summary>To every text in the schema: of the value itself, of a list's items, of each choice.</summary>
    private static void AddPattern(JsonObject schema, string pattern)
    {
        if (schema["type"] is JsonValue type && type.GetValue<string>() == "string")
            schema["pattern"] = pattern;
        if (schema["items"] is JsonObject items)
            AddPattern(items, pattern);
        foreach (var choice in schema["anyOf"] as JsonArray ?? [])
            AddPattern(choice!.AsObject(), pattern);
    }

    private static JsonObject Described(JsonObject schema, string? description)
    {
        if (description is not null)
            schema.Insert(0, "description", description);
        return schema;
    }

    private static T? Attribute<T>(ICustomAttributeProvider? property)
        where T : Attribute =>
        property?.GetCustomAttributes(typeof(T), inherit: false) is [T attribute, ..] ? attribute : null;
}
