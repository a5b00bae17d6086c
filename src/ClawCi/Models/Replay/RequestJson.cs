using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ClawCi.Models.Replay;

/// <summary>
/// Brings a request into a form in which two runs that ask the same are the same: without what no answer depends on, and
/// with names in place of what is different each time.
/// </summary>
internal static partial class RequestJson
{
    /// <summary>Hints for caches and the length of replies, which the budget may have shortened.</summary>
    private static readonly string[] Hints =
    [
        "cache_control",
        "max_tokens",
        "max_output_tokens",
        "max_completion_tokens",
        "prompt_cache_key",
    ];

    public static JsonSerializerOptions Indented { get; } =
        new()
        {
            WriteIndented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };

    public static JsonSerializerOptions OneLine { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="mask">Takes secrets out of a text.</param>
    /// <exception cref="JsonException">The body is no JSON object.</exception>
    public static JsonObject Normalise(ReadOnlySpan<byte> body, Func<string, string> mask) =>
        (JsonObject)Normalise(JsonNode.Parse(body) as JsonObject ?? throw new JsonException("no object"), mask)!;

    /// <exception cref="JsonException">The text is no JSON object.</exception>
    public static JsonObject Object(string text) =>
        JsonNode.Parse(text) as JsonObject ?? throw new JsonException("a JSON object is expected");

    private static JsonNode? Normalise(JsonNode? node, Func<string, string> mask) =>
        node switch
        {
            null => null,
            JsonObject json => new JsonObject(
                json.Where(property => !Hints.Contains(property.Key))
                    .Select(property => KeyValuePair.Create(property.Key, Normalise(property.Value, mask)))
            ),
            JsonArray items => new JsonArray([.. items.Select(item => Normalise(item, mask))]),
            JsonValue value when value.GetValueKind() is JsonValueKind.String => JsonValue.Create(
                Named(mask(value.GetValue<string>()))
            ),
            _ => node.DeepClone(),
        };

    private static string Named(string text) =>
        Volatile().Replace(text, match => $"<{match.Groups.Values.Skip(1).First(group => group.Success).Name}>");

    [GeneratedRegex(
        @"(?<run>\b\d{8}-\d{6}-[0-9a-f]{6}\b)"
            + @"|(?<uuid>\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)"
            + @"|(?<time>\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d\b)?)"
            + @"|(?<date>\b\d{4}-\d\d-\d\d\b)"
            + @"|(?<date>\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}\d{1,2} (?:\d\d:\d\d(?::\d\d)?| ?\d{4})\b)"
            + @"|(?<time>\b\d\d:\d\d:\d\d(?:[.,]\d+)?\b)"
            + @"|(?<duration>\b\d+(?:\.\d+)? ?(?:ns|µs|us|ms)\b|\b\d+\.\d+ ?(?:s|sec|seconds)\b)"
            + @"|(?<temp>/tmp/[\w.-]+)"
            + @"|(?<address>\b0x[0-9a-f]{6,}\b)",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex Volatile();
}
