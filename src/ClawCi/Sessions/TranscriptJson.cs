using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClawCi.Sessions;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TranscriptEnvelope))]
internal sealed partial class TranscriptJson : JsonSerializerContext;
