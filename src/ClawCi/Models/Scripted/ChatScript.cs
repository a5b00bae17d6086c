using System.Text.Json;
using ClawCi.Messages;

namespace ClawCi.Models.Scripted;

/// <summary>A scripted reply as the chunks of the Chat Completions API.</summary>
internal sealed class ChatScript(int request, string model)
{
    private readonly List<byte[]> _events = [];

    public static IReadOnlyList<byte[]> Events(ScriptReply reply, int request, string model, Usage usage)
    {
        var events = new ChatScript(request, model);
        events.Delta(json => json.WriteString("role", "assistant"));
        foreach (var piece in ScriptedEvents.Pieces(reply.Thinking ?? ""))
            events.Delta(json => json.WriteString("reasoning_content", piece));
        var refused = ScriptedEvents.StopReason(reply) == StopReasons.Refusal;
        foreach (var piece in ScriptedEvents.Pieces(reply.Text ?? ""))
            events.Delta(json => json.WriteString(refused ? "refusal" : "content", piece));
        for (var i = 0; i < (reply.ToolUses?.Count ?? 0); i++)
            events.ToolUse(i, reply.ToolUses![i]);
        if (reply.ErrorEvent is { } error)
            events.Error(error);
        else
            events.End(ScriptedEvents.StopReason(reply), usage);
        return events._events;
    }

    private void ToolUse(int index, ScriptToolUse use)
    {
        ToolCall(
            index,
            json =>
            {
                json.WriteString("id", use.Id ?? $"call_{request:0000}_{index + 1}");
                json.WriteString("type", "function");
            },
            json => json.WriteString("name", use.Name)
        );
        foreach (var piece in ScriptedEvents.Pieces(ScriptedEvents.Input(use)))
            ToolCall(index, _ => { }, json => json.WriteString("arguments", piece));
    }

    private void ToolCall(int index, Action<Utf8JsonWriter> write, Action<Utf8JsonWriter> writeFunction) =>
        Delta(json =>
        {
            json.WriteStartArray("tool_calls");
            json.WriteStartObject();
            json.WriteNumber("index", index);
            write(json);
            json.WriteStartObject("function");
            writeFunction(json);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
        });

    private void End(string stopReason, Usage usage)
    {
        Delta(
            _ => { },
            stopReason switch
            {
                StopReasons.EndTurn => "stop",
                StopReasons.ToolUse => "tool_calls",
                StopReasons.MaxTokens => "length",
                StopReasons.Refusal => "content_filter",
                _ => stopReason,
            }
        );
        Chunk(json =>
        {
            json.WriteStartArray("choices");
            json.WriteEndArray();
            json.WriteStartObject("usage");
            json.WriteNumber(
                "prompt_tokens",
                usage.InputTokens + usage.CacheCreationInputTokens + usage.CacheReadInputTokens
            );
            json.WriteStartObject("prompt_tokens_details");
            json.WriteNumber("cached_tokens", usage.CacheReadInputTokens);
            json.WriteEndObject();
            json.WriteNumber("completion_tokens", usage.OutputTokens);
            json.WriteEndObject();
        });
        _events.Add("data: [DONE]\n\n"u8.ToArray());
    }

    private void Error(string code) =>
        _events.Add(
            ScriptedEvents.Event(
                null,
                json =>
                {
                    json.WriteStartObject("error");
                    json.WriteString("code", code);
                    json.WriteString("message", "as the script says");
                    json.WriteEndObject();
                }
            )
        );

    private void Delta(Action<Utf8JsonWriter> write, string? finish = null) =>
        Chunk(json =>
        {
            json.WriteStartArray("choices");
            json.WriteStartObject();
            json.WriteNumber("index", 0);
            json.WriteStartObject("delta");
            write(json);
            json.WriteEndObject();
            json.WriteString("finish_reason", finish);
            json.WriteEndObject();
            json.WriteEndArray();
        });

    private void Chunk(Action<Utf8JsonWriter> write) =>
        _events.Add(
            ScriptedEvents.Event(
                null,
                json =>
                {
                    json.WriteString("id", $"chatcmpl-{request:0000}");
                    json.WriteString("object", "chat.completion.chunk");
                    json.WriteString("model", model);
                    write(json);
                }
            )
        );
}
