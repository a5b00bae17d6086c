using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClawCi.Events;

/// <summary>How events are written and read: snake_case, nulls left out, unknown properties passed over.</summary>
[JsonSerializable(typeof(RunEvent))]
[JsonSerializable(typeof(TaskEnded))]
[JsonSerializable(typeof(string))]
internal sealed partial class EventJson : JsonSerializerContext
{
    /// <summary>One line. Relaxed escaping is safe: no line is ever put into HTML as it is.</summary>
    public static EventJson Line { get; } = new(Settings(indented: false));

    /// <summary>For files that people open.</summary>
    public static EventJson Indented { get; } = new(Settings(indented: true));

    private static JsonSerializerOptions Settings(bool indented) =>
        new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            // The envelope's properties stand before the discriminator.
            AllowOutOfOrderMetadataProperties = true,
            WriteIndented = indented,
        };
}
