using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace ClawCi.Configuration;

/// <summary>A length of time as people write it: <c>90s</c>, <c>40m</c>, <c>1h30m</c>; more than zero, at most 7 days.</summary>
[JsonConverter(typeof(DurationConverter))]
internal readonly partial record struct Duration(TimeSpan Value)
{
    public const string Pattern = "^(?=[0-9])([0-9]{1,6}d)?([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?$";
    public const string Expected = "a duration such as `90s`, `40m` or `1h30m`";

    /// <summary>Null when the text is no duration, or not between one second and seven days.</summary>
    public static Duration? Parse(string text)
    {
        var match = Shape().Match(text);
        if (!match.Success || text.EndsWith('\n'))
            return null;
        var seconds = (Part(match, 1) * 86_400L) + (Part(match, 2) * 3_600L) + (Part(match, 3) * 60L) + Part(match, 4);
        return seconds is >= 1 and <= 7 * 86_400 ? new(TimeSpan.FromSeconds(seconds)) : null;
    }

    /// <summary>The shortest spelling: <c>1h30m</c>.</summary>
    public override string ToString() => Write(Value);

    public static string Write(TimeSpan value)
    {
        var text =
            $"{Unit((int)value.TotalDays, 'd')}{Unit(value.Hours, 'h')}{Unit(value.Minutes, 'm')}{Unit(value.Seconds, 's')}";
        return text.Length == 0 ? "0s" : text;
    }

    private static string Unit(int count, char unit) => count == 0 ? "" : $"{count}{unit}";

    private static long Part(Match match, int group) =>
        match.Groups[group].Success ? long.Parse(match.Groups[group].ValueSpan[..^1]) : 0;

    [GeneratedRegex(Pattern)]
    private static partial Regex Shape();
}

/// <summary>Reads and writes a <see cref="Duration"/> as a JSON string.</summary>
internal sealed class DurationConverter : JsonConverter<Duration>
{
    public override Duration Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Duration.Parse(reader.GetString()!) ?? throw new JsonException($"expected {Duration.Expected}");

    public override void Write(Utf8JsonWriter writer, Duration value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
