using System.Text.Json;
using ClawCi.Messages;

namespace ClawCi.Models.Scripted;

/// <summary>A scripted reply as the events of the Responses API.</summary>
internal sealed class ResponsesScript(int request, string model)
{
    private readonly List<byte[]> _events = [];
    private readonly List<Action<Utf8JsonWriter>> _items = [];

    public static IReadOnlyList<byte[]> Events(ScriptReply reply, int request, string model, Usage usage)
    {
        var events = new ResponsesScript(request, model);
        events.Add("response.created", json => events.Response(json, "in_progress", null));
        if (reply.Thinking is { } thinking)
            events.Reasoning(thinking);
        if (reply.Text is { } text)
            events.Message(text, ScriptedEvents.StopReason(reply) == StopReasons.Refusal);
        for (var i = 0; i < (reply.ToolUses?.Count ?? 0); i++)
            events.ToolUse(reply.ToolUses![i], $"call_{request:0000}_{i + 1}");
        if (reply.ErrorEvent is { } error)
            events.Error(error);
        else
            events.End(ScriptedEvents.StopReason(reply), usage);
        return events._events;
    }

    private void Reasoning(string thinking) =>
        Item(
            json =>
            {
                json.WriteString("type", "reasoning");
                json.WriteString("id", $"rs_{request:0000}");
                json.WriteStartArray("summary");
                json.WriteStartObject();
                json.WriteString("type", "summary_text");
                json.WriteString("text", thinking);
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteString("encrypted_content", $"scripted-{request}");
            },
            "response.reasoning_summary_text.delta",
            thinking
        );

    private void Message(string text, bool refused) =>
        Item(
            json =>
            {
                json.WriteString("type", "message");
                json.WriteString("id", $"msg_{request:0000}");
                json.WriteString("role", "assistant");
                json.WriteStartArray("content");
                json.WriteStartObject();
                json.WriteString("type", refused ? "refusal" : "output_text");
                json.WriteString(refused ? "refusal" : "text", text);
                json.WriteEndObject();
                json.WriteEndArray();
            },
            refused ? "response.refusal.delta" : "response.output_text.delta",
            text
        );

    private void ToolUse(ScriptToolUse use, string defaultId) =>
        Item(
            json =>
            {
                json.WriteString("type", "function_call");
                json.WriteString("id", $"fc_{request:0000}_{_items.Count}");
                json.WriteString("call_id", use.Id ?? defaultId);
                json.WriteString("name", use.Name);
                json.WriteString("arguments", ScriptedEvents.Input(use));
            },
            "response.function_call_arguments.delta",
            ScriptedEvents.Input(use)
        );

    private void Item(Action<Utf8JsonWriter> write, string delta, string text)
    {
        var index = _items.Count;
        void Whole(Utf8JsonWriter json)
        {
            json.WriteNumber("output_index", index);
            json.WriteStartObject("item");
            write(json);
            json.WriteEndObject();
        }

        Add("response.output_item.added", Whole);
        foreach (var piece in ScriptedEvents.Pieces(text))
        {
            Add(
                delta,
                json =>
                {
                    json.WriteNumber("output_index", index);
                    json.WriteString("delta", piece);
                }
            );
        }
        Add("response.output_item.done", Whole);
        _items.Add(write);
    }

    private void End(string stopReason, Usage usage)
    {
        var incomplete =
            stopReason is StopReasons.EndTurn or StopReasons.ToolUse or StopReasons.Refusal ? null
            : stopReason is StopReasons.MaxTokens ? "max_output_tokens"
            : stopReason;
        Add(
            incomplete is null ? "response.completed" : "response.incomplete",
            json => Response(json, incomplete is null ? "completed" : "incomplete", incomplete, usage)
        );
    }

    private void Response(Utf8JsonWriter json, string status, string? incomplete, Usage? usage = null)
    {
        json.WriteStartObject("response");
        json.WriteString("id", $"resp_{request:0000}");
        json.WriteString("model", model);
        json.WriteString("status", status);
        if (incomplete is not null)
        {
            json.WriteStartObject("incomplete_details");
            json.WriteString("reason", incomplete);
            json.WriteEndObject();
        }
        json.WriteStartArray("output");
        foreach (var item in _items)
        {
            json.WriteStartObject();
            item(json);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (usage is not null)
        {
            json.WriteStartObject("usage");
            json.WriteNumber(
                "input_tokens",
                usage.InputTokens + usage.CacheCreationInputTokens + usage.CacheReadInputTokens
            );
            json.WriteStartObject("input_tokens_details");
            json.WriteNumber("cached_tokens", usage.CacheReadInputTokens);
            json.WriteEndObject();
            json.WriteNumber("output_tokens", usage.OutputTokens);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private void Error(string code) =>
        Add(
            "error",
            json =>
            {
                json.WriteString("code", code);
                json.WriteString("message", "as the script says");
            }
        );

    private void Add(string name, Action<Utf8JsonWriter> write) => _events.Add(ScriptedEvents.Event(name, write));
}
