using System.Text.Json;
using ClawCi.Messages;
using ClawCi.Models.Wire;

namespace ClawCi.Models.Anthropic;

/// <summary>
/// Writes the body of a Messages API request. What does not change between two turns comes first and comes out
/// byte for byte the same, so that the provider's prompt cache can be hit.
/// </summary>
internal sealed class AnthropicRequestWriter(string model, Thinking thinking, MediaSupport media)
{
    private WrittenMessages? _written;

    public HttpContent Write(ModelRequest request)
    {
        // Taken while the request is under way: another conversation at the same time writes for itself.
        var written = Interlocked.Exchange(ref _written, null) ?? new(WriteMessage);
        var head = WireJson.Members(writer => WriteHead(writer, request));
        // Four breakpoints are allowed: tools, system, and these. The last user message's makes this request a prefix
        // for the next one; the one before it is where the last request ended, hence what can be read now.
        var last = LastUserMessage(request.Messages, request.Messages.Count);
        var previous = LastUserMessage(request.Messages, last);
        var first = previous >= 0 ? previous : Math.Max(last, 0);
        var tail = WireJson.Elements(writer =>
        {
            for (var i = first; i < request.Messages.Count; i++)
                WriteMessage(writer, request.Messages[i], i < request.Foreign, i == last || i == previous);
        });
        var earlier = written.First(first, request.Messages, request.Foreign);
        return new RequestBody(
            [
                "{"u8.ToArray(),
                head,
                ",\"messages\":["u8.ToArray(),
                earlier,
                earlier.IsEmpty ? default : ","u8.ToArray(),
                tail,
                "]}"u8.ToArray(),
            ],
            () => _written = written
        );
    }

    private void WriteHead(Utf8JsonWriter writer, ModelRequest request)
    {
        writer.WriteString("model", model);
        writer.WriteNumber("max_tokens", request.MaxOutputTokens);
        writer.WriteBoolean("stream", true);
        if (request.Effort is { } effort)
            AnthropicEffort.Write(writer, thinking, effort, request.MaxOutputTokens);
        WriteTools(writer, request.Tools);
        WriteSystem(writer, request.System);
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
        writer.WriteString("text", WireJson.WellFormed(system));
        WriteBreakpoint(writer);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private void WriteMessage(Utf8JsonWriter writer, Message message, bool foreign) =>
        WriteMessage(writer, message, foreign, breakpoint: false);

    private void WriteMessage(Utf8JsonWriter writer, Message message, bool foreign, bool breakpoint)
    {
        var content = foreign ? [.. message.Content.Where(block => !Reasoning.Is(block))] : message.Content;
        if (content.Count == 0)
            return;
        var marked = breakpoint ? LastMarkable(content) : -1;
        writer.WriteStartObject();
        writer.WriteString("role", message.Role == Role.User ? "user" : "assistant");
        writer.WriteStartArray("content");
        for (var i = 0; i < content.Count; i++)
            WriteBlock(writer, content[i], i == marked);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteBlock(Utf8JsonWriter writer, ContentBlock block, bool breakpoint)
    {
        if (block is UnknownBlock unknown)
        {
            // As it came: the provider checks what it once signed or encrypted.
            writer.WriteRawValue(unknown.Raw.GetRawText(), skipInputValidation: true);
            return;
        }
        writer.WriteStartObject();
        switch (block)
        {
            case TextBlock text:
                writer.WriteString("type", "text");
                writer.WriteString("text", WireJson.WellFormed(text.Text));
                break;
            case ThinkingBlock thinking:
                writer.WriteString("type", "thinking");
                writer.WriteString("thinking", thinking.Thinking);
                writer.WriteString("signature", thinking.Signature);
                break;
            case MediaBlock shown:
                shown.WriteMembers(writer);
                break;
            case ToolUseBlock use:
                writer.WriteString("type", "tool_use");
                writer.WriteString("id", use.Id);
                writer.WriteString("name", use.Name);
                writer.WritePropertyName("input");
                use.Input.WriteTo(writer);
                break;
            case ToolResultBlock result:
                WriteResult(writer, ShownMedia.Of(result, media));
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
        if (breakpoint)
            WriteBreakpoint(writer);
        writer.WriteEndObject();
    }

    private void WriteResult(Utf8JsonWriter writer, ToolResultBlock result)
    {
        writer.WriteString("type", "tool_result");
        writer.WriteString("tool_use_id", result.ToolUseId);
        // The provider refuses an error without content.
        var text = result.Text is "" ? "(no output)" : WireJson.WellFormed(result.Text);
        if (result.Media.Count == 0)
        {
            writer.WriteString("content", text);
        }
        else
        {
            writer.WriteStartArray("content");
            WriteBlock(writer, new TextBlock(text), breakpoint: false);
            foreach (var shown in result.Media)
                WriteBlock(writer, shown, breakpoint: false);
            writer.WriteEndArray();
        }
        if (result.IsError)
            writer.WriteBoolean("is_error", true);
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
}
