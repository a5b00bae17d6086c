using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace ClawCi.ToolServer.Tools;

/// <summary>Reads a call's input strictly, and says what is wrong in the words of the schema.</summary>
internal static class ToolInput
{
    /// <exception cref="ToolException">The input does not fit the schema.</exception>
    public static TInput Read<TInput>(string tool, JsonElement schema, JsonElement input, JsonTypeInfo<TInput> type)
    {
        try
        {
            return input.Deserialize(type)!;
        }
        catch (JsonException e)
        {
            throw new ToolException($"{Problem(schema, input, e)} {tool} takes {Signature(schema)}.");
        }
    }

    private static string Problem(JsonElement schema, JsonElement input, JsonException e)
    {
        var properties = schema.GetProperty("properties");
        foreach (var given in input.EnumerateObject())
        {
            if (!properties.TryGetProperty(given.Name, out _))
                return $"There is no input \"{given.Name}\".";
        }
        foreach (var name in Required(schema))
        {
            if (!input.TryGetProperty(name, out _))
                return $"The input \"{name}\" is missing.";
        }
        var wrong = e.Path?.TrimStart('$', '.') ?? "";
        return properties.TryGetProperty(wrong, out var property)
            ? $"The input \"{wrong}\" must be {Kind(property)}, not {input.GetProperty(wrong).GetRawText()}."
            : "The input does not fit.";
    }

    private static string Signature(JsonElement schema)
    {
        var required = Required(schema).ToHashSet();
        return string.Join(
            ", ",
            schema
                .GetProperty("properties")
                .EnumerateObject()
                .Select(p => $"{p.Name} ({Kind(p.Value)}{(required.Contains(p.Name) ? "" : ", optional")})")
        );
    }

    private static IEnumerable<string> Required(JsonElement schema) =>
        schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(n => n.GetString()!) : [];

    private static string Kind(JsonElement property) =>
        property.TryGetProperty("enum", out var values)
            ? "one of " + string.Join(' ', values.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String))
        : property.TryGetProperty("type", out var type) ? type.GetString()!
        : "a value";
}
