using System.Text.Json;
using ClawCi.Messages;
using ClawCi.Models.Wire;

namespace ClawCi.Models.OpenAi;

/// <summary>Writes the body of a Chat Completions request.</summary>
/// <param name="isOpenAis">Whether the server is OpenAI's own or Azure's, which have a newer word for the cap on a reply.</param>
internal sealed class ChatRequestWriter(string model, Thinking thinking, MediaSupport media, bool isOpenAis)
{
    private WrittenMessages? _written;

    public HttpContent Write(ModelRequest request)
    {
        // Taken while the request is under way: another conversation at the same time writes for itself.
        var written = Interlocked.Exchange(ref _written, null) ?? new(WriteMessage);
        var system = string.IsNullOrWhiteSpace(request.System)
            ? default
            : WireJson.Elements(writer => WriteText(writer, "system", request.System));
        var messages = written.First(request.Messages.Count, request.Messages, request.Foreign);
        return new RequestBody(
            [
                "{"u8.ToArray(),
                WireJson.Members(writer => WriteHead(writer, request)),
                ",\"messages\":["u8.ToArray(),
                system,
                system.IsEmpty || messages.IsEmpty ? default : ","u8.ToArray(),
                messages,
                "]}"u8.ToArray(),
            ],
            () => _written = written
        );
    }

    private void WriteHead(Utf8JsonWriter writer, ModelRequest request)
    {
        writer.WriteString("model", model);
        writer.WriteNumber(isOpenAis ? "max_completion_tokens" : "max_tokens", request.MaxOutputTokens);
        writer.WriteBoolean("stream", true);
        writer.WriteStartObject("stream_options");
        writer.WriteBoolean("include_usage", true);
        writer.WriteEndObject();
        if (thinking is Thinking.Adaptive && request.Effort is { } effort)
            writer.WriteString("reasoning_effort", EffortWord.Of(effort));
        if (request.Tools.Count == 0)
            return;
        writer.WriteStartArray("tools");
        foreach (var tool in request.Tools)
        {
            writer.WriteStartObject();
            writer.WriteString("type", "function");
            writer.WriteStartObject("function");
            writer.WriteString("name", tool.Name);
            writer.WriteString("description", tool.Description);
            writer.WritePropertyName("parameters");
            tool.InputSchema.WriteTo(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private void WriteMessage(Utf8JsonWriter writer, Message message, bool foreign)
    {
        if (message.Role == Role.Assistant)
            WriteAssistant(writer, message, foreign);
        else
            WriteUser(writer, message);
    }

    private static void WriteAssistant(Utf8JsonWriter writer, Message message, bool foreign)
    {
        var uses = message.ToolUses.ToList();
        if (uses.Count == 0 && message.Text.Length == 0)
            return;
        writer.WriteStartObject();
        writer.WriteString("role", "assistant");
        if (message.Text.Length > 0)
            writer.WriteString("content", WireJson.WellFormed(message.Text));
        else
            writer.WriteNull("content");
        if (!foreign)
            WriteReasoning(writer, message);
        if (uses.Count > 0)
        {
            writer.WriteStartArray("tool_calls");
            foreach (var use in uses)
                WriteToolCall(writer, use);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }

    /// <summary>Models that think between tool calls want to see what they thought, as it came where that is signed.</summary>
    private static void WriteReasoning(Utf8JsonWriter writer, Message message)
    {
        var thought = string.Concat(message.Content.OfType<ThinkingBlock>().Select(block => block.Thinking));
        if (message.Content.Select(ReasoningDetails.In).FirstOrDefault(part => part is not null) is { } details)
        {
            writer.WritePropertyName("reasoning_details");
            details.WriteTo(writer);
        }
        else if (thought.Length > 0)
        {
            writer.WriteString("reasoning_content", WireJson.WellFormed(thought));
        }
    }

    private static void WriteToolCall(Utf8JsonWriter writer, ToolUseBlock use)
    {
        writer.WriteStartObject();
        writer.WriteString("id", use.Id);
        writer.WriteString("type", "function");
        writer.WriteStartObject("function");
        writer.WriteString("name", use.Name);
        writer.WriteString("arguments", use.Input.GetRawText());
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>Each tool result is a message of its own and comes first. It can hold text only: media follow as the user's.</summary>
    private void WriteUser(Utf8JsonWriter writer, Message message)
    {
        var results = message.Content.OfType<ToolResultBlock>().Select(result => ShownMedia.Of(result, media)).ToList();
        foreach (var result in results)
        {
            writer.WriteStartObject();
            writer.WriteString("role", "tool");
            writer.WriteString("tool_call_id", result.ToolUseId);
            writer.WriteString("content", ToolResultText.Of(result));
            writer.WriteEndObject();
        }
        List<MediaBlock> shown =
        [
            .. results.SelectMany(result => result.Media),
            .. message.Content.OfType<MediaBlock>(),
        ];
        if (shown.Count > 0)
            WriteParts(writer, message.Text, shown);
        else if (message.Text.Length > 0)
            WriteText(writer, "user", message.Text);
    }

    private static void WriteText(Utf8JsonWriter writer, string role, string text)
    {
        writer.WriteStartObject();
        writer.WriteString("role", role);
        writer.WriteString("content", WireJson.WellFormed(text));
        writer.WriteEndObject();
    }

    private static void WriteParts(Utf8JsonWriter writer, string text, IReadOnlyList<MediaBlock> media)
    {
        writer.WriteStartObject();
        writer.WriteString("role", "user");
        writer.WriteStartArray("content");
        writer.WriteStartObject();
        writer.WriteString("type", "text");
        writer.WriteString("text", text.Length > 0 ? WireJson.WellFormed(text) : "What the tools answered besides:");
        writer.WriteEndObject();
        foreach (var part in media)
        {
            var kind = part.IsImage ? "image_url" : "file";
            writer.WriteStartObject();
            writer.WriteString("type", kind);
            writer.WriteStartObject(kind);
            if (!part.IsImage)
                writer.WriteString("filename", "document.pdf");
            writer.WriteString(part.IsImage ? "url" : "file_data", $"data:{part.MediaType};base64,{part.Data}");
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
