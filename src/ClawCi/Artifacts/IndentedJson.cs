using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClawCi.Artifacts;

/// <summary>JSON for files that people open: indented, text as it is, a line feed at the end.</summary>
internal static class IndentedJson
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Of(JsonNode value) => Of(value.WriteTo);

    public static string Of(JsonElement value) => Of((writer, _) => value.WriteTo(writer));

    private static string Of(Action<Utf8JsonWriter, JsonSerializerOptions?> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options))
            write(writer, null);
        buffer.WriteByte((byte)'\n');
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
