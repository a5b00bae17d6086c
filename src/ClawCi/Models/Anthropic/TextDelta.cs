using System.Text.Json;

namespace ClawCi.Models.Anthropic;

/// <summary>A piece of text or of thinking: what nearly all of a stream consists of, so read without building a document.</summary>
/// <param name="Member">The member of the block that it goes on with.</param>
internal readonly record struct TextDelta(int Index, string Member, string Text)
{
    /// <summary>Null for any other event, and for one in another order than the provider's, which is not wrong.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="InvalidOperationException">The text is none.</exception>
    public static TextDelta? Read(ReadOnlySpan<byte> data)
    {
        var json = new Utf8JsonReader(data);
        if (
            !json.Read()
            || json.TokenType != JsonTokenType.StartObject
            || !Is(ref json, "type"u8, "content_block_delta"u8)
            || !Next(ref json, "index"u8, JsonTokenType.Number)
            || !json.TryGetInt32(out var index)
            || !Next(ref json, "delta"u8, JsonTokenType.StartObject)
            || !Next(ref json, "type"u8, JsonTokenType.String)
        )
            return null;
        var isText = json.ValueTextEquals("text_delta"u8);
        if (!isText && !json.ValueTextEquals("thinking_delta"u8))
            return null;
        if (!Next(ref json, isText ? "text"u8 : "thinking"u8, JsonTokenType.String))
            return null;
        var text = json.GetString()!;
        return Ends(ref json) ? new TextDelta(index, isText ? "text" : "thinking", text) : null;
    }

    private static bool Is(ref Utf8JsonReader json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        Next(ref json, name, JsonTokenType.String) && json.ValueTextEquals(value);

    private static bool Next(ref Utf8JsonReader json, ReadOnlySpan<byte> name, JsonTokenType type) =>
        json.Read()
        && json.TokenType == JsonTokenType.PropertyName
        && json.ValueTextEquals(name)
        && json.Read()
        && json.TokenType == type;

    /// <summary>Two objects are closed and nothing follows.</summary>
    private static bool Ends(ref Utf8JsonReader json) =>
        json.Read()
        && json.TokenType == JsonTokenType.EndObject
        && json.Read()
        && json.TokenType == JsonTokenType.EndObject
        && !json.Read();
}
