using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClawCi.Configuration;

/// <summary>What may be reached, as a task writes it: <c>none</c>, or <c>{ allow: [hosts] }</c>.</summary>
[JsonConverter(typeof(NetworkSettingConverter))]
internal sealed record NetworkSetting(IReadOnlyList<string> Allow)
{
    public const string None = "none";
}

/// <summary>The same as a policy writes it, which may name private addresses besides.</summary>
[JsonConverter(typeof(NetworkCeilingConverter))]
internal sealed record NetworkCeiling(IReadOnlyList<string> Allow, IReadOnlyList<string> Private);

/// <summary>Reads a <see cref="NetworkSetting"/> from a string or an object.</summary>
internal sealed class NetworkSettingConverter : JsonConverter<NetworkSetting>
{
    public override NetworkSetting Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var value = JsonElement.ParseValue(ref reader);
        return new(NetworkCeilingConverter.List(value, "allow"));
    }

    public override void Write(Utf8JsonWriter writer, NetworkSetting value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Files are read, never written.");
}

/// <summary>Reads a <see cref="NetworkCeiling"/> from a string or an object.</summary>
internal sealed class NetworkCeilingConverter : JsonConverter<NetworkCeiling>
{
    public override NetworkCeiling Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var value = JsonElement.ParseValue(ref reader);
        return new(List(value, "allow"), List(value, "private"));
    }

    public override void Write(Utf8JsonWriter writer, NetworkCeiling value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Files are read, never written.");

    /// <summary>Empty for what is not there, which <c>none</c> is too.</summary>
    public static IReadOnlyList<string> List(JsonElement value, string key) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(key, out var list)
            ? [.. list.EnumerateArray().Select(item => item.GetString()!)]
            : [];
}
