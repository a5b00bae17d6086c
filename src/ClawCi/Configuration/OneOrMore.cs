using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClawCi.Configuration;

/// <summary>One text or a list of them.</summary>
[JsonConverter(typeof(OneOrMoreConverter))]
internal sealed record OneOrMore(IReadOnlyList<string> Items);

/// <summary>Reads a <see cref="OneOrMore"/> from a string or an array of strings.</summary>
internal sealed class OneOrMoreConverter : JsonConverter<OneOrMore>
{
    public override OneOrMore Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return new([reader.GetString()!]);
        List<string> items = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            items.Add(reader.GetString()!);
        return new(items);
    }

    public override void Write(Utf8JsonWriter writer, OneOrMore value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var item in value.Items)
            writer.WriteStringValue(item);
        writer.WriteEndArray();
    }
}
