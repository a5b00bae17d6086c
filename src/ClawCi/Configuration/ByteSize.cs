using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace ClawCi.Configuration;

/// <summary>A number of bytes as people write it: <c>512Mi</c>, <c>4Gi</c>; from 1Mi to 16Ti.</summary>
[JsonConverter(typeof(ByteSizeConverter))]
internal readonly partial record struct ByteSize(long Bytes)
{
    public const string Pattern = "^[0-9]{1,9}(Ki|Mi|Gi|Ti)$";
    public const string Expected = "a size such as `512Mi` or `4Gi`";

    private static readonly string[] Units = ["Ki", "Mi", "Gi", "Ti"];

    /// <summary>Null when the text is no size, or not between 1Mi and 16Ti.</summary>
    public static ByteSize? Parse(string text)
    {
        if (!Shape().IsMatch(text) || text.EndsWith('\n'))
            return null;
        var power = Array.IndexOf(Units, text[^2..]) + 1;
        var bytes = (Int128)long.Parse(text.AsSpan(..^2)) << (10 * power);
        return bytes >= 1L << 20 && bytes <= 16L << 40 ? new((long)bytes) : null;
    }

    public override string ToString()
    {
        var power = 4;
        while (power > 1 && Bytes % (1L << (10 * power)) != 0)
            power--;
        return $"{Bytes >> (10 * power)}{Units[power - 1]}";
    }

    [GeneratedRegex(Pattern)]
    private static partial Regex Shape();
}

/// <summary>Reads and writes a <see cref="ByteSize"/> as a JSON string.</summary>
internal sealed class ByteSizeConverter : JsonConverter<ByteSize>
{
    public override ByteSize Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ByteSize.Parse(reader.GetString()!) ?? throw new JsonException($"expected {ByteSize.Expected}");

    public override void Write(Utf8JsonWriter writer, ByteSize value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
