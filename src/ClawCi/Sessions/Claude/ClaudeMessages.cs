using System.Text.Json;
using ClawCi.Events;
using ClawCi.Messages;

namespace ClawCi.Sessions.Claude;

/// <summary>Lines of type <c>assistant</c> and <c>user</c>: messages of the Messages API, whole.</summary>
internal static class ClaudeMessages
{
    /// <param name="hash">Of the transcript's line. The provider's id of the message is not recorded.</param>
    public static void Assistant(Utf8JsonWriter writer, MessageAdded reply, ClaudeTask task, string hash)
    {
        writer.WriteString("type", "assistant");
        writer.WriteStartObject("message");
        writer.WriteString("id", $"msg_{hash[..24]}");
        writer.WriteString("type", "message");
        writer.WriteString("role", "assistant");
        writer.WriteString("model", reply.Model ?? task.Model);
        Content(writer, reply.Content);
        writer.WriteString("stop_reason", reply.StopReason);
        Nulls(writer, "stop_sequence", "stop_details", "container", "context_management", "diagnostics");
        ClaudeUsage.OfReply(writer, reply.Usage ?? new Usage());
        writer.WriteEndObject();
        writer.WriteString("parent_tool_use_id", task.ParentOf(reply.AgentId));
        if (reply.RequestId is { } request)
            writer.WriteString("request_id", request);
    }

    public static void User(Utf8JsonWriter writer, MessageAdded message, ClaudeTask task)
    {
        writer.WriteString("type", "user");
        writer.WriteStartObject("message");
        writer.WriteString("role", "user");
        Content(writer, message.Content);
        writer.WriteEndObject();
        writer.WriteString("parent_tool_use_id", task.ParentOf(message.AgentId));
        // Results of red checks and the like: the runner's words, not a person's.
        if (!message.Content.OfType<ToolResultBlock>().Any())
            writer.WriteBoolean("isSynthetic", true);
    }

    private static void Content(Utf8JsonWriter writer, IReadOnlyList<ContentBlock> content)
    {
        writer.WriteStartArray("content");
        foreach (var block in content)
        {
            switch (block)
            {
                case TextBlock text:
                    Text(writer, text.Text);
                    break;
                case MediaBlock media:
                    Text(writer, Named(media));
                    break;
                case ToolResultBlock { Media.Count: > 0 } result:
                    Write(
                        writer,
                        result with
                        {
                            Text = string.Join('\n', [result.Text, .. result.Media.Select(Named)]),
                            Media = [],
                        }
                    );
                    break;
                case ToolUseBlock use:
                    // What the model wrote instead of an object is nothing that they know.
                    Write(writer, use with { MalformedInput = null });
                    break;
                default:
                    Write(writer, block);
                    break;
            }
        }
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, ContentBlock block) =>
        JsonSerializer.Serialize(writer, block, EventJson.Line.ContentBlock);

    private static void Text(Utf8JsonWriter writer, string text)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "text");
        writer.WriteString("text", text);
        writer.WriteNull("citations");
        writer.WriteEndObject();
    }

    /// <summary>A transcript names the bytes of images and documents; they know no such source.</summary>
    private static string Named(MediaBlock media) =>
        $"[{media.MediaType}{(media.Blob is { } blob ? $": blobs/{blob}" : "")}]";

    private static void Nulls(Utf8JsonWriter writer, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            writer.WriteNull(name);
    }
}
