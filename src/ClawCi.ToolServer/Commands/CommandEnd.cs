using System.Text.Json.Serialization;

namespace ClawCi.ToolServer.Commands;

/// <summary>How a command came to its end; on the wire as the names say.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CommandEnd>))]
internal enum CommandEnd
{
    [JsonStringEnumMemberName("exit")]
    Exit,

    [JsonStringEnumMemberName("signal")]
    Signal,

    [JsonStringEnumMemberName("timeout")]
    Timeout,

    /// <summary>The kernel killed something of it because the sandbox had no memory left, and it failed.</summary>
    [JsonStringEnumMemberName("oom")]
    Oom,

    /// <summary>It never began.</summary>
    [JsonStringEnumMemberName("spawn-error")]
    SpawnError,
}
