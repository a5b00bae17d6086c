using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClawCi.Sandboxes.Egress;

/// <summary>As a plan shows it: <c>none</c>, or the lists of a file.</summary>
internal sealed class NetworkAccessConverter : JsonConverter<NetworkAccess>
{
    public override NetworkAccess Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("A plan is written, never read.");

    public override void Write(Utf8JsonWriter writer, NetworkAccess value, JsonSerializerOptions options)
    {
        if (value.IsNone)
        {
            writer.WriteStringValue("none");
            return;
        }
        writer.WriteStartObject();
        Write(writer, "allow", value.Words);
        if (value.Private.Count > 0)
            Write(writer, "private", [.. value.Private.Select(rule => rule.Text)]);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<string> words)
    {
        writer.WriteStartArray(name);
        foreach (var word in words)
            writer.WriteStringValue(word);
        writer.WriteEndArray();
    }
}
