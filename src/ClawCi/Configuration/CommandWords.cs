using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClawCi.Configuration;

/// <summary>The first words of a command; each position has one word or several that will do.</summary>
[JsonConverter(typeof(CommandWordsConverter))]
internal sealed record CommandWords(IReadOnlyList<IReadOnlyList<string>> Positions)
{
    /// <summary><c>git push|remote</c>.</summary>
    public override string ToString() => string.Join(' ', Positions.Select(words => string.Join('|', words)));
}

/// <summary>Reads <see cref="CommandWords"/> from <c>["git", ["push", "remote"]]</c>.</summary>
internal sealed class CommandWordsConverter : JsonConverter<CommandWords>
{
    public override CommandWords Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        List<IReadOnlyList<string>> positions = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            positions.Add(JsonSerializer.Deserialize(ref reader, CommandWordsJson.Default.OneOrMore)!.Items);
        return new(positions);
    }

    public override void Write(Utf8JsonWriter writer, CommandWords value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var words in value.Positions)
            JsonSerializer.Serialize(writer, new OneOrMore(words), CommandWordsJson.Default.OneOrMore);
        writer.WriteEndArray();
    }
}

[JsonSerializable(typeof(OneOrMore))]
internal sealed partial class CommandWordsJson : JsonSerializerContext;
