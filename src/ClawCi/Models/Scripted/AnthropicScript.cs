using System.Text;
using System.Text.Json;
using ClawCi.Messages;

namespace ClawCi.Models.Scripted;

/// <summary>A scripted reply as the events of the Messages API.</summary>
internal sealed class AnthropicScript
{
    private readonly List<byte[]> _events = [];
    private int _index;

    public static IReadOnlyList<byte[]> Events(ScriptReply reply, int request, string model, Usage usage)
    {
        var events = new AnthropicScript();
        events.Start(request, model, usage);
        events.Thinking(reply.Thinking);
        events.Text(reply.Text);
        for (var i = 0; i < (reply.ToolUses?.Count ?? 0); i++)
            events.ToolUse(reply.ToolUses![i], $"toolu_{request:0000}_{i + 1}");
        if (reply.ErrorEvent is { } error)
            events.Error(error);
        else
            events.End(ScriptedEvents.StopReason(reply), usage);
        return events._events;
    }

    private void Start(int request, string model, Usage usage) =>
        Add(
            "message_start",
            json =>
            {
                json.WriteStartObject("message");
                json.WriteString("id", $"msg_{request:0000}");
                json.WriteString("type", "message");
                json.WriteString("role", "assistant");
                json.WriteString("model", model);
                json.WriteStartArray("content");
                json.WriteEndArray();
                json.WriteNull("stop_reason");
                json.WriteStartObject("usage");
                json.WriteNumber("input_tokens", usage.InputTokens);
                json.WriteNumber("cache_creation_input_tokens", usage.CacheCreationInputTokens);
                json.WriteNumber("cache_read_input_tokens", usage.CacheReadInputTokens);
                json.WriteNumber("output_tokens", Math.Min(usage.OutputTokens, 1));
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );

    private void Thinking(string? thinking)
    {
        if (thinking is null)
            return;
        var signature = Convert.ToBase64String(Encoding.UTF8.GetBytes($"scripted {_index}"));
        Block(
            json =>
            {
                json.WriteString("type", "thinking");
                json.WriteString("thinking", "");
                json.WriteString("signature", "");
            },
            [
                .. ScriptedEvents.Pieces(thinking).Select(piece => ("thinking_delta", "thinking", piece)),
                ("signature_delta", "signature", signature),
            ]
        );
    }

    private void Text(string? text)
    {
        if (text is null)
            return;
        Block(
            json =>
            {
                json.WriteString("type", "text");
                json.WriteString("text", "");
            },
            [.. ScriptedEvents.Pieces(text).Select(piece => ("text_delta", "text", piece))]
        );
    }

    private void ToolUse(ScriptToolUse use, string defaultId) =>
        Block(
            json =>
            {
                json.WriteString("type", "tool_use");
                json.WriteString("id", use.Id ?? defaultId);
                json.WriteString("name", use.Name);
                json.WriteStartObject("input");
                json.WriteEndObject();
            },
            [
                .. ScriptedEvents
                    .Pieces(ScriptedEvents.Input(use))
                    .Select(piece => ("input_json_delta", "partial_json", piece)),
            ]
        );

    private void Block(
        Action<Utf8JsonWriter> writeStart,
        IReadOnlyList<(string Type, string Property, string Value)> deltas
    )
    {
        var index = _index++;
        Add(
            "content_block_start",
            json =>
            {
                json.WriteNumber("index", index);
                json.WriteStartObject("content_block");
                writeStart(json);
                json.WriteEndObject();
            }
        );
        foreach (var (type, property, value) in deltas)
        {
            Add(
                "content_block_delta",
                json =>
                {
                    json.WriteNumber("index", index);
                    json.WriteStartObject("delta");
                    json.WriteString("type", type);
                    json.WriteString(property, value);
                    json.WriteEndObject();
                }
            );
        }
        Add("content_block_stop", json => json.WriteNumber("index", index));
    }

    private void End(string stopReason, Usage usage)
    {
        Add(
            "message_delta",
            json =>
            {
                json.WriteStartObject("delta");
                json.WriteString("stop_reason", stopReason);
                json.WriteNull("stop_sequence");
                json.WriteEndObject();
                json.WriteStartObject("usage");
                json.WriteNumber("output_tokens", usage.OutputTokens);
                json.WriteEndObject();
            }
        );
        Add("message_stop", _ => { });
    }

    private void Error(string type) =>
        Add(
            "error",
            json =>
            {
                json.WriteStartObject("error");
                json.WriteString("type", type);
                json.WriteString("message", "as the script says");
                json.WriteEndObject();
            }
        );

    private void Add(string name, Action<Utf8JsonWriter> write) => _events.Add(ScriptedEvents.Event(name, write));
}
