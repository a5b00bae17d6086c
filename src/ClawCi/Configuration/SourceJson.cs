using System.Text.Json;
using System.Text.RegularExpressions;

namespace ClawCi.Configuration;

/// <summary>Writes a tree as JSON, which is what the deserialiser reads.</summary>
internal static partial class SourceJson
{
    /// <returns>UTF-8.</returns>
    public static byte[] Write(SourceNode node)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            Write(writer, node);
        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, SourceNode node)
    {
        switch (node)
        {
            case SourceMapping mapping:
                writer.WriteStartObject();
                foreach (var entry in mapping.Entries)
                {
                    writer.WritePropertyName(entry.Key);
                    Write(writer, entry.Value);
                }
                writer.WriteEndObject();
                break;
            case SourceSequence list:
                writer.WriteStartArray();
                foreach (var item in list.Items)
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            case SourceScalar scalar:
                Write(writer, scalar);
                break;
        }
    }

    private static void Write(Utf8JsonWriter writer, SourceScalar scalar)
    {
        switch (scalar.Kind)
        {
            case ScalarKind.Null:
                writer.WriteNullValue();
                break;
            case ScalarKind.Boolean:
                writer.WriteBooleanValue(scalar.Text[0] is 't' or 'T');
                break;
            case ScalarKind.Integer or ScalarKind.Number:
                writer.WriteRawValue(JsonNumber(scalar.Text));
                break;
            default:
                writer.WriteStringValue(scalar.Text);
                break;
        }
    }

    /// <summary>YAML writes <c>+1</c>, <c>.5</c>, <c>5.</c> and <c>007</c>, JSON does not.</summary>
    private static string JsonNumber(string text)
    {
        var parts = NumberParts().Match(text);
        var whole = parts.Groups["whole"].Value.TrimStart('0');
        var fraction = parts.Groups["fraction"].Value;
        return (parts.Groups["sign"].Value == "-" ? "-" : "")
            + (whole.Length == 0 ? "0" : whole)
            + (fraction.Length > 1 ? fraction : "")
            + parts.Groups["exponent"].Value;
    }

    [GeneratedRegex(@"^(?<sign>[-+]?)(?<whole>[0-9]*)(?<fraction>(\.[0-9]*)?)(?<exponent>([eE][-+]?[0-9]+)?)\z")]
    private static partial Regex NumberParts();
}
