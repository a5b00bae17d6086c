using System.Text.Json;

namespace ClawCi.Models.OpenAi;

/// <summary>A chunk that holds a piece of text and nothing else: what nearly all of a stream consists of, so read without building a document.</summary>
internal static class ChatDelta
{
    /// <summary>Members of a chunk that say the same in each.</summary>
    private static readonly string[] Constant =
    [
        "id",
        "object",
        "created",
        "model",
        "system_fingerprint",
        "service_tier",
    ];

    /// <summary>Null for any other chunk, which is not wrong.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    /// <exception cref="InvalidOperationException">The text is none.</exception>
    public static string? Read(ReadOnlySpan<byte> data)
    {
        var json = new Utf8JsonReader(data);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            return null;
        string? text = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("choices"u8))
            {
                if (text is not null || (text = ReadChoices(ref json)) is null)
                    return null;
            }
            else if (IsConstant(ref json))
                json.Skip();
            else
                return null;
        }
        return json.TokenType == JsonTokenType.EndObject && !json.Read() ? text : null;
    }

    private static bool IsConstant(ref Utf8JsonReader json)
    {
        foreach (var name in Constant)
        {
            if (json.ValueTextEquals(name))
                return true;
        }
        return false;
    }

    /// <summary>Of exactly one choice whose delta is exactly one content.</summary>
    private static string? ReadChoices(ref Utf8JsonReader json)
    {
        if (!Next(ref json, JsonTokenType.StartArray) || !Next(ref json, JsonTokenType.StartObject))
            return null;
        string? text = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("delta"u8))
            {
                if (text is not null || (text = ReadDelta(ref json)) is null)
                    return null;
            }
            else if (json.ValueTextEquals("index"u8))
                json.Skip();
            else if (!Next(ref json, JsonTokenType.Null))
                return null;
        }
        return json.TokenType == JsonTokenType.EndObject && Next(ref json, JsonTokenType.EndArray) ? text : null;
    }

    private static string? ReadDelta(ref Utf8JsonReader json)
    {
        if (
            !Next(ref json, JsonTokenType.StartObject)
            || !Next(ref json, JsonTokenType.PropertyName)
            || !json.ValueTextEquals("content"u8)
            || !Next(ref json, JsonTokenType.String)
        )
            return null;
        var text = json.GetString();
        return Next(ref json, JsonTokenType.EndObject) ? text : null;
    }

    private static bool Next(ref Utf8JsonReader json, JsonTokenType type) => json.Read() && json.TokenType == type;
}
