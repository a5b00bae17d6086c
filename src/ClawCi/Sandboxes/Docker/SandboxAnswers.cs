using System.Text.Json;
using System.Text.Json.Nodes;
using ClawCi.Shared;
using ModelContextProtocol.Protocol;

namespace ClawCi.Sandboxes.Docker;

/// <summary>Between our records and the protocol's. Everything read here was written in the container.</summary>
internal static class SandboxAnswers
{
    private static readonly string[] Ends = ["exit", "signal", "timeout", "oom", "spawn-error"];
    private const string TimeoutKey = "claw-ci/timeout_seconds";
    private const string RawBytesKey = "claw-ci/raw_bytes";
    private const string EnvironmentKey = "claw-ci/environment";

    public static CallToolRequestParams Call(
        string tool,
        JsonElement input,
        TimeSpan? commandTimeout,
        IReadOnlyDictionary<string, string>? environment = null,
        int rawBytes = 0
    )
    {
        var meta = new JsonObject();
        if (commandTimeout is { } timeout)
            meta[TimeoutKey] = (long)Math.Ceiling(timeout.TotalSeconds);
        if (environment is { Count: > 0 })
            meta[EnvironmentKey] = new JsonObject([
                .. environment.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)),
            ]);
        if (rawBytes > 0)
            meta[RawBytesKey] = rawBytes;
        return new()
        {
            Name = tool,
            Arguments = Arguments(input),
            Meta = meta.Count > 0 ? meta : null,
        };
    }

    private static Dictionary<string, JsonElement> Arguments(JsonElement input)
    {
        var arguments = new Dictionary<string, JsonElement>();
        if (input.ValueKind == JsonValueKind.Object)
            foreach (var property in input.EnumerateObject())
                arguments[property.Name] = property.Value;
        return arguments;
    }

    /// <param name="rawBytes">What was asked for: no more is taken.</param>
    public static SandboxAnswer From(CallToolResult result, int rawBytes = 0)
    {
        var facts = result.StructuredContent is { ValueKind: JsonValueKind.Object } content ? content : default;
        return new SandboxAnswer(
            string.Join('\n', result.Content.OfType<TextContentBlock>().Select(block => block.Text)),
            result.IsError == true,
            Number(facts, "exit_code") is { } code and >= int.MinValue and <= int.MaxValue ? (int)code : null,
            Flag(facts, "timed_out"),
            Math.Max(0, Number(facts, "bytes") ?? 0),
            Flag(facts, "truncated"),
            Ends.FirstOrDefault(end => IsText(facts, "end", end)),
            Number(facts, "running") is { } running and >= 0 and <= int.MaxValue ? (int)running : null,
            rawBytes > 0 ? Bytes(facts, "raw", rawBytes) : null
        )
        {
            Media = [.. result.Content.Select(Media).OfType<(string, byte[])>()],
            FileSha256 = Hash(facts, "file_sha256"),
        };
    }

    /// <returns>Null for anything else, and for what only says that it is one.</returns>
    private static (string Type, byte[] Bytes)? Media(ContentBlock block)
    {
        try
        {
            var bytes = block switch
            {
                ImageContentBlock image => image.DecodedData.ToArray(),
                EmbeddedResourceBlock { Resource: BlobResourceContents blob } => blob.DecodedData.ToArray(),
                _ => [],
            };
            return bytes.Length <= MediaKind.MaxBytes && MediaKind.Of(bytes) is { } type ? (type, bytes) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static bool IsText(JsonElement facts, string name, string text) =>
        facts.ValueKind == JsonValueKind.Object
        && facts.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.ValueEquals(text);

    private static string? Hash(JsonElement facts, string name) =>
        facts.ValueKind == JsonValueKind.Object
        && facts.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: 64 } hash
        && hash.All(char.IsAsciiHexDigitLower)
            ? hash
            : null;

    private static long? Number(JsonElement facts, string name) =>
        facts.ValueKind == JsonValueKind.Object
        && facts.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var number)
            ? number
            : null;

    private static byte[]? Bytes(JsonElement facts, string name, int atMost) =>
        facts.ValueKind == JsonValueKind.Object
        && facts.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.TryGetBytesFromBase64(out var bytes)
            ? bytes[..Math.Min(bytes.Length, atMost)]
            : null;

    private static bool Flag(JsonElement facts, string name) =>
        facts.ValueKind == JsonValueKind.Object
        && facts.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.True;
}
