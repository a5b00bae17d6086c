using System.Buffers;
using System.Text;
using System.Text.Json;
using ClawCi.Messages;

namespace ClawCi.Models.Scripted;

/// <summary>Writes a scripted reply as the events in which the provider would stream it.</summary>
internal static class ScriptedEvents
{
    /// <summary>Characters in a delta: enough for a reply to come in pieces.</summary>
    private const int DeltaLength = 48;

    /// <summary>One event an item.</summary>
    /// <param name="request">The request's number, of which ids are made.</param>
    public static IReadOnlyList<byte[]> Of(ModelApi api, ScriptReply reply, int request, string model, Usage usage) =>
        api switch
        {
            ModelApi.Messages => AnthropicScript.Events(reply, request, model, usage),
            ModelApi.Responses => ResponsesScript.Events(reply, request, model, usage),
            _ => ChatScript.Events(reply, request, model, usage),
        };

    /// <summary>Why the reply stops, in Anthropic's words, which are the script's.</summary>
    public static string StopReason(ScriptReply reply) =>
        reply.StopReason ?? (reply.ToolUses is null ? StopReasons.EndTurn : StopReasons.ToolUse);

    /// <param name="name">Null for an event without a name.</param>
    public static byte[] Event(string? name, Action<Utf8JsonWriter> write)
    {
        var data = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(data))
        {
            json.WriteStartObject();
            if (name is not null)
                json.WriteString("type", name);
            write(json);
            json.WriteEndObject();
        }
        var head = name is null ? "data: " : $"event: {name}\ndata: ";
        return [.. Encoding.ASCII.GetBytes(head), .. data.WrittenSpan, .. "\n\n"u8];
    }

    /// <summary>Pieces that do not split a surrogate pair.</summary>
    public static IEnumerable<string> Pieces(string text) =>
        text.EnumerateRunes().Chunk(DeltaLength).Select(runes => string.Concat(runes));

    /// <summary>The input of a tool use, as the model would write it.</summary>
    public static string Input(ScriptToolUse use) => use.InputJson ?? use.Input?.GetRawText() ?? "{}";
}
