using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ClawCi.Sessions;

/// <summary>Masks the strings of a JSON text, each as what it says: the text stays JSON whatever a secret is made of.</summary>
internal static class MaskedJson
{
    private static readonly JsonWriterOptions AsWritten = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <param name="json">One value.</param>
    public static MaskedText Apply(string json, SecretMasker masker)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        using var written = new MemoryStream(bytes.Length);
        var found = new List<FoundSecret>();
        using (var writer = new Utf8JsonWriter(written, AsWritten))
        {
            var reader = new Utf8JsonReader(bytes);
            while (reader.Read())
                Copy(ref reader, writer, masker, found);
        }
        return found.Count == 0
            ? new(json, found)
            : new(Encoding.UTF8.GetString(written.GetBuffer(), 0, (int)written.Length), found);
    }

    private static void Copy(
        ref Utf8JsonReader reader,
        Utf8JsonWriter writer,
        SecretMasker masker,
        List<FoundSecret> found
    )
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                break;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                break;
            case JsonTokenType.PropertyName:
                writer.WritePropertyName(Masked(ref reader, masker, found));
                break;
            case JsonTokenType.String:
                writer.WriteStringValue(Masked(ref reader, masker, found));
                break;
            default:
                writer.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                break;
        }
    }

    private static string Masked(ref Utf8JsonReader reader, SecretMasker masker, List<FoundSecret> found)
    {
        var masked = masker.Apply(reader.GetString()!);
        found.AddRange(masked.Secrets);
        return masked.Text;
    }
}
