using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ClawCi.Models.Wire;

/// <summary>Writing JSON for a provider.</summary>
internal static class WireJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The members of an object, without its braces.</summary>
    public static ReadOnlyMemory<byte> Members(Action<Utf8JsonWriter> write) =>
        Inside(writer => writer.WriteStartObject(), write, writer => writer.WriteEndObject());

    /// <summary>The elements of an array, without its brackets.</summary>
    public static ReadOnlyMemory<byte> Elements(Action<Utf8JsonWriter> write) =>
        Inside(writer => writer.WriteStartArray(), write, writer => writer.WriteEndArray());

    private static ReadOnlyMemory<byte> Inside(
        Action<Utf8JsonWriter> open,
        Action<Utf8JsonWriter> write,
        Action<Utf8JsonWriter> close
    )
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            open(writer);
            write(writer);
            close(writer);
        }
        return buffer.WrittenMemory[1..^1];
    }

    /// <summary>Half a surrogate pair, as a cut in the middle of an emoji leaves it, cannot be written as UTF-8.</summary>
    public static string WellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
                i++;
            else
                return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        }
        return text;
    }
}
