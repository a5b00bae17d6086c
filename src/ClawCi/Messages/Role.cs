using System.Text.Json.Serialization;

namespace ClawCi.Messages;

/// <summary>Who speaks in a <see cref="Message"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Role>))]
internal enum Role
{
    [JsonStringEnumMemberName("user")]
    User,

    [JsonStringEnumMemberName("assistant")]
    Assistant,
}
