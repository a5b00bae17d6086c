using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClawCi.Messages;

/// <summary>
/// Reads and writes blocks by their <c>type</c>. Written by hand because STJ's polymorphism loses the
/// discriminator of kinds that it does not know.
/// </summary>
internal sealed class ContentBlockConverter : JsonConverter<ContentBlock>
{
    public override ContentBlock Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var raw = JsonElement.ParseValue(ref reader);
        return Of(raw);
    }

    private static ContentBlock Of(JsonElement raw)
    {
        if (raw.ValueKind != JsonValueKind.Object)
            throw new JsonException("A block is no object.");
        return String(raw, "type") switch
        {
            // A text block with citations carries more than its text and has to go back as it came.
            "text" when !HasValue(raw, "citations") => new TextBlock(String(raw, "text")),
            "thinking" => new ThinkingBlock(String(raw, "thinking"), String(raw, "signature")),
            "tool_use" => new ToolUseBlock(
                String(raw, "id"),
                String(raw, "name"),
                raw.TryGetProperty("input", out var input) ? input.Clone() : throw new JsonException("No input."),
                HasValue(raw, "malformed_input") ? String(raw, "malformed_input") : null
            ),
            "tool_result" when Result(raw) is { } result => result,
            "image" or "document" when Media(raw) is { } media => media,
            _ => new UnknownBlock(raw.Clone()),
        };
    }

    public override void Write(Utf8JsonWriter writer, ContentBlock value, JsonSerializerOptions options)
    {
        if (value is UnknownBlock unknown)
        {
            unknown.Raw.WriteTo(writer);
            return;
        }
        writer.WriteStartObject();
        switch (value)
        {
            case TextBlock text:
                writer.WriteString("type", "text");
                writer.WriteString("text", text.Text);
                break;
            case ThinkingBlock thinking:
                writer.WriteString("type", "thinking");
                writer.WriteString("thinking", thinking.Thinking);
                writer.WriteString("signature", thinking.Signature);
                break;
            case ToolUseBlock use:
                writer.WriteString("type", "tool_use");
                writer.WriteString("id", use.Id);
                writer.WriteString("name", use.Name);
                writer.WritePropertyName("input");
                use.Input.WriteTo(writer);
                if (use.MalformedInput is { } malformed)
                    writer.WriteString("malformed_input", malformed);
                break;
            case ToolResultBlock result:
                writer.WriteString("type", "tool_result");
                writer.WriteString("tool_use_id", result.ToolUseId);
                WriteContent(writer, result, options);
                if (result.IsError)
                    writer.WriteBoolean("is_error", true);
                break;
            case MediaBlock { Blob: { } blob } media:
                writer.WriteString("type", media.IsImage ? "image" : "document");
                writer.WriteStartObject("source");
                writer.WriteString("type", "blob");
                writer.WriteString("media_type", media.MediaType);
                writer.WriteString("blob", blob);
                writer.WriteEndObject();
                break;
            case MediaBlock media:
                media.WriteMembers(writer);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
        writer.WriteEndObject();
    }

    private void WriteContent(Utf8JsonWriter writer, ToolResultBlock result, JsonSerializerOptions options)
    {
        if (result.Media.Count == 0)
        {
            writer.WriteString("content", result.Text);
            return;
        }
        writer.WriteStartArray("content");
        Write(writer, new TextBlock(result.Text), options);
        foreach (var media in result.Media)
            Write(writer, media, options);
        writer.WriteEndArray();
    }

    /// <summary>A tool result whose content is text, with media after it or without; null for any other.</summary>
    private static ToolResultBlock? Result(JsonElement raw)
    {
        var parts = new List<ContentBlock>();
        if (raw.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.Array)
            parts.AddRange(content.EnumerateArray().Select(Of));
        else if (content.ValueKind is JsonValueKind.String or JsonValueKind.Undefined)
            parts.Add(new TextBlock(String(raw, "content")));
        return parts is [TextBlock text, .. var media] && media.All(part => part is MediaBlock)
            ? new ToolResultBlock(
                String(raw, "tool_use_id"),
                text.Text,
                raw.TryGetProperty("is_error", out var isError) && isError.ValueKind == JsonValueKind.True
            )
            {
                Media = [.. media.Cast<MediaBlock>()],
            }
            : null;
    }

    /// <summary>Media that has nothing beside its bytes; null for any other.</summary>
    private static MediaBlock? Media(JsonElement raw) =>
        raw.EnumerateObject().Count() == 2
        && raw.TryGetProperty("source", out var source)
        && source.ValueKind == JsonValueKind.Object
            ? String(source, "type") switch
            {
                "base64" => new MediaBlock(String(source, "media_type"), String(source, "data")),
                "blob" => new MediaBlock(String(source, "media_type"), "") { Blob = String(source, "blob") },
                _ => null,
            }
            : null;

    private static bool HasValue(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    private static string String(JsonElement element, string name) =>
        !element.TryGetProperty(name, out var value) ? ""
        : value.ValueKind is JsonValueKind.String or JsonValueKind.Null ? value.GetString() ?? ""
        : throw new JsonException($"{name} is no text.");
}
