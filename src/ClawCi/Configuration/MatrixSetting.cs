using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace ClawCi.Configuration;

/// <summary>
/// A <c>strategy.matrix</c>, of which a file's record only knows that it is there: its values keep the spelling that they have
/// in the file, so they are read from the tree.
/// </summary>
[JsonConverter(typeof(MatrixSettingConverter))]
internal sealed record MatrixSetting
{
    public const string Include = "include";
    public const string Exclude = "exclude";

    /// <summary>Of a value's name.</summary>
    public const string KeyPattern = "^[A-Za-z_][A-Za-z0-9_-]{0,63}$";

    public static JsonObject Schema()
    {
        static JsonObject Value() => new() { ["type"] = new JsonArray("string", "number", "boolean") };
        static JsonObject List(JsonObject item) =>
            new()
            {
                ["type"] = "array",
                ["minItems"] = 1,
                ["items"] = item,
            };
        static JsonObject Named() =>
            new()
            {
                ["type"] = "object",
                ["minProperties"] = 1,
                ["propertyNames"] = new JsonObject { ["pattern"] = KeyPattern },
                ["additionalProperties"] = Value(),
            };
        return new()
        {
            ["type"] = "object",
            ["minProperties"] = 1,
            ["propertyNames"] = new JsonObject { ["pattern"] = KeyPattern },
            ["properties"] = new JsonObject { [Include] = List(Named()), [Exclude] = List(Named()) },
            ["additionalProperties"] = List(Value()),
        };
    }
}

/// <summary>Takes note of a <see cref="MatrixSetting"/>.</summary>
internal sealed class MatrixSettingConverter : JsonConverter<MatrixSetting>
{
    public override MatrixSetting Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        reader.Skip();
        return new();
    }

    public override void Write(Utf8JsonWriter writer, MatrixSetting value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Files are read, never written.");
}
