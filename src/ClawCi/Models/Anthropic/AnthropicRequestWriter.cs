using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ClawCi.Messages;

namespace ClawCi.Models.Anthropic;

/// <summary>
/// Writes the body of a Messages API request. What does not change between two turns comes first and comes out
/// byte for byte the same, so that the provider's prompt cache can be hit.
/// </summary>
internal static class AnthropicRequestWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlyMemory<byte> Write(string model, ModelRequest request)
    {
        var body = new ArrayBufferWriter<byte>(16 * 1024);
        using (var writer = new Utf8JsonWriter(body, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("model", model);
            writer.WriteNumber("max_tokens", request.MaxOutputTokens);
            writer.WriteBoolean("stream", true);
            WriteTools(writer, request.Tools);
            WriteSystem(writer, request.System);
            WriteMessages(writer, request.Messages);
            writer.WriteEndObject();
        }
        return body.WrittenMemory;
    }

    private static void WriteTools(Utf8JsonWriter writer, IReadOnlyList<ToolDefinition> tools)
    {
        if (tools.Count == 0)
            return;
        writer.WriteStartArray("tools");
        for (var i = 0; i < tools.Count; i++)
        {
            writer.WriteStartObject();
            writer.WriteString("name", tools[i].Name);
            writer.WriteString("description", tools[i].Description);
            writer.WritePropertyName("input_schema");
            tools[i].InputSchema.WriteTo(writer);
            if (i == tools.Count - 1)
                WriteBreakpoint(writer);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteSystem(Utf8JsonWriter writer, string system)
    {
        if (string.IsNullOrWhiteSpace(system))
            return;
        writer.WriteStartArray("system");
        writer.WriteStartObject();
        writer.WriteString("type", "text");
        writer.WriteString("text", WellFormed(system));
        WriteBreakpoint(writer);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteMessages(Utf8JsonWriter writer, IReadOnlyList<Message> messages)
    {
        // Four breakpoints are allowed: tools, system, and these. The last user message's makes this request a prefix
        // for the next one; the one before it is where the last request ended, hence what can be read now.
        var last = LastUserMessage(messages, messages.Count);
        var previous = LastUserMessage(messages, last);
        writer.WriteStartArray("messages");
        for (var i = 0; i < messages.Count; i++)
        {
            var content = messages[i].Content;
            var breakpoint = i == last || i == previous ? LastMarkable(content) : -1;
            writer.WriteStartObject();
            writer.WriteString("role", messages[i].Role == Role.User ? "user" : "assistant");
            writer.WriteStartArray("content");
            for (var j = 0; j < content.Count; j++)
                WriteBlock(writer, content[j], j == breakpoint);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteBlock(Utf8JsonWriter writer, ContentBlock block, bool breakpoint)
    {
        if (block is UnknownBlock unknown)
        {
            unknown.Raw.WriteTo(writer);
            return;
        }
        writer.WriteStartObject();
        switch (block)
        {
            case TextBlock text:
                writer.WriteString("type", "text");
                writer.WriteString("text", WellFormed(text.Text));
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
                break;
            case ToolResultBlock result:
                writer.WriteString("type", "tool_result");
                writer.WriteString("tool_use_id", result.ToolUseId);
                // The provider refuses an error without content.
                writer.WriteString("content", result.Text is "" ? "(no output)" : WellFormed(result.Text));
                if (result.IsError)
                    writer.WriteBoolean("is_error", true);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
        if (breakpoint)
            WriteBreakpoint(writer);
        writer.WriteEndObject();
    }

    private static void WriteBreakpoint(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("cache_control");
        writer.WriteString("type", "ephemeral");
        writer.WriteEndObject();
    }

    private static int LastUserMessage(IReadOnlyList<Message> messages, int before)
    {
        for (var i = before - 1; i >= 0; i--)
        {
            if (messages[i].Role == Role.User)
                return i;
        }
        return -1;
    }

    private static int LastMarkable(IReadOnlyList<ContentBlock> content)
    {
        for (var i = content.Count - 1; i >= 0; i--)
        {
            if (content[i] is TextBlock or ToolResultBlock)
                return i;
        }
        return -1;
    }

    /// <summary>Half a surrogate pair, as a cut in the middle of an emoji leaves it, cannot be written as UTF-8.</summary>
    private static string WellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
                i++;
            else
                return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        }
        return text;
    }
}
