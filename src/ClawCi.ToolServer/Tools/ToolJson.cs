using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClawCi.ToolServer.Tools;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(BashInput))]
[JsonSerializable(typeof(BashOutputInput))]
[JsonSerializable(typeof(BashKillInput))]
[JsonSerializable(typeof(ReadFileInput))]
[JsonSerializable(typeof(WriteFileInput))]
[JsonSerializable(typeof(EditFileInput))]
[JsonSerializable(typeof(GlobSearchInput))]
[JsonSerializable(typeof(GrepSearchInput))]
[JsonSerializable(typeof(ToolFacts))]
[JsonSerializable(typeof(IDictionary<string, JsonElement>))]
internal sealed partial class ToolJson : JsonSerializerContext;
