using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClawCi.Events;

/// <summary>How events are written: snake_case, nulls left out, readable text unescaped.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(RunEvent))]
[JsonSerializable(typeof(TaskEnded))]
internal sealed partial class EventJson : JsonSerializerContext
{
    /// <summary>For one line of a transcript. Relaxed escaping is safe there: no line is ever put into HTML as it is.</summary>
    public static EventJson Line { get; } =
        new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
