using System.Text.Json;
using ClawCi.Messages;
using ClawCi.Models.Wire;

namespace ClawCi.Models.OpenAi;

/// <summary>
/// Writes the body of a Responses request. Nothing is stored at the provider: what it has to know of earlier turns,
/// its own encrypted reasoning included, is in the request. The provider's prompt cache works by prefix, unasked.
/// </summary>
internal sealed class ResponsesRequestWriter(string model, Thinking thinking, MediaSupport media)
{
    private WrittenMessages? _written;

    public HttpContent Write(ModelRequest request)
    {
        // Taken while the request is under way: another conversation at the same time writes for itself.
        var written = Interlocked.Exchange(ref _written, null) ?? new(WriteMessage);
        return new RequestBody(
            [
                "{"u8.ToArray(),
                WireJson.Members(writer => WriteHead(writer, request)),
                ",\"input\":["u8.ToArray(),
                written.First(request.Messages.Count, request.Messages, request.Foreign),
                "]}"u8.ToArray(),
            ],
            () => _written = written
        );
    }

    private void WriteHead(Utf8JsonWriter writer, ModelRequest request)
    {
        writer.WriteString("model", model);
        writer.WriteNumber("max_output_tokens", request.MaxOutputTokens);
        writer.WriteBoolean("stream", true);
        writer.WriteBoolean("store", false);
        if (thinking is Thinking.Adaptive)
        {
            writer.WriteStartArray("include");
            writer.WriteStringValue("reasoning.encrypted_content");
            writer.WriteEndArray();
            if (request.Effort is { } effort)
            {
                writer.WriteStartObject("reasoning");
                writer.WriteString("effort", EffortWord.Of(effort));
                writer.WriteEndObject();
            }
        }
        if (!string.IsNullOrWhiteSpace(request.System))
            writer.WriteString("instructions", WireJson.WellFormed(request.System));
        if (request.Tools.Count == 0)
            return;
        writer.WriteStartArray("tools");
        foreach (var tool in request.Tools)
        {
            writer.WriteStartObject();
            writer.WriteString("type", "function");
            writer.WriteString("name", tool.Name);
            writer.WriteString("description", tool.Description);
            writer.WritePropertyName("parameters");
            tool.InputSchema.WriteTo(writer);
            // Strict schemas must require every property, which ours do not.
            writer.WriteBoolean("strict", false);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    /// <summary>Texts and media that follow each other are one item; everything else is an item of its own.</summary>
    private void WriteMessage(Utf8JsonWriter writer, Message message, bool foreign)
    {
        var said = new List<ContentBlock>();
        foreach (var block in message.Content)
        {
            if (block is TextBlock or MediaBlock)
            {
                said.Add(block);
                continue;
            }
            WriteSaid(writer, message.Role, said);
            WriteItem(writer, block, foreign);
        }
        WriteSaid(writer, message.Role, said);
    }

    private static void WriteSaid(Utf8JsonWriter writer, Role role, List<ContentBlock> said)
    {
        if (said.Count == 0)
            return;
        writer.WriteStartObject();
        writer.WriteString("type", "message");
        writer.WriteString("role", role == Role.User ? "user" : "assistant");
        writer.WriteStartArray("content");
        foreach (var block in said)
            WritePart(writer, block, role == Role.User ? "input_text" : "output_text");
        writer.WriteEndArray();
        writer.WriteEndObject();
        said.Clear();
    }

    private void WriteItem(Utf8JsonWriter writer, ContentBlock block, bool foreign)
    {
        switch (block)
        {
            case ToolUseBlock use:
                writer.WriteStartObject();
                writer.WriteString("type", "function_call");
                writer.WriteString("call_id", use.Id);
                writer.WriteString("name", use.Name);
                writer.WriteString("arguments", use.Input.GetRawText());
                writer.WriteEndObject();
                break;
            case ToolResultBlock result:
                writer.WriteStartObject();
                writer.WriteString("type", "function_call_output");
                writer.WriteString("call_id", result.ToolUseId);
                WriteOutput(writer, ShownMedia.Of(result, media));
                writer.WriteEndObject();
                break;
            case UnknownBlock unknown when !foreign:
                // As it came: the provider checks what it once encrypted.
                writer.WriteRawValue(unknown.Raw.GetRawText(), skipInputValidation: true);
                break;
        }
    }

    private static void WriteOutput(Utf8JsonWriter writer, ToolResultBlock result)
    {
        var text = ToolResultText.Of(result);
        if (result.Media.Count == 0)
        {
            writer.WriteString("output", text);
            return;
        }
        writer.WriteStartArray("output");
        WritePart(writer, new TextBlock(text), "input_text");
        foreach (var media in result.Media)
            WritePart(writer, media, "input_text");
        writer.WriteEndArray();
    }

    private static void WritePart(Utf8JsonWriter writer, ContentBlock part, string textType)
    {
        writer.WriteStartObject();
        switch (part)
        {
            case TextBlock text:
                writer.WriteString("type", textType);
                writer.WriteString("text", WireJson.WellFormed(text.Text));
                break;
            case MediaBlock { IsImage: true } image:
                writer.WriteString("type", "input_image");
                writer.WriteString("image_url", $"data:{image.MediaType};base64,{image.Data}");
                break;
            case MediaBlock file:
                writer.WriteString("type", "input_file");
                writer.WriteString("filename", "document.pdf");
                writer.WriteString("file_data", $"data:{file.MediaType};base64,{file.Data}");
                break;
        }
        writer.WriteEndObject();
    }
}
