using System.Text.Json;

namespace ClawCi.TestSupport;

/// <summary>
/// The events in which the Responses API streams a reply, written down from its documentation and not with the code
/// under test.
/// </summary>
internal static class ResponsesEvents
{
    public static string Start { get; } =
        Event(
            "response.created",
            "\"response\":" + """{"id":"resp_1","model":"gpt-5-2025-08-07","status":"in_progress","output":[]}"""
        ) + Event("response.in_progress", "\"response\":" + """{"id":"resp_1","status":"in_progress"}""");

    public static string Message(int index, string text, string kind = "output_text") =>
        Item(
            index,
            $$"""{"type":"message","id":"msg_{{index}}","status":"completed","role":"assistant","content":[{"type":"{{kind}}","{{(kind is "refusal" ? kind : "text")}}":{{Quote(text)}},"annotations":[]}]}""",
            "response.output_text.delta",
            text
        );

    public static string FunctionCall(int index, string id, string name, string arguments) =>
        Item(
            index,
            $$"""{"type":"function_call","id":"fc_{{index}}","status":"completed","call_id":{{Quote(id)}},"name":{{Quote(name)}},"arguments":{{Quote(arguments)}}}""",
            "response.function_call_arguments.delta",
            arguments
        );

    public static string Reasoning(int index, string raw) =>
        Item(index, raw, "response.reasoning_summary_text.delta", "hm");

    /// <summary>A text comes in pieces of three characters, a very long one in one.</summary>
    public static string Item(int index, string item, string delta, string text) =>
        Added(index, item)
        + string.Concat(
            text.EnumerateRunes()
                .Chunk(text.Length > 100_000 ? text.Length : 3)
                .Select(piece => Event(delta, $"\"output_index\":{index},\"delta\":{Quote(string.Concat(piece))}"))
        )
        + Event("response.output_item.done", $"\"output_index\":{index},\"item\":{item}");

    public static string Added(int index, string item) =>
        Event("response.output_item.added", $"\"output_index\":{index},\"item\":{item}");

    public static string End(string status = "completed", string reason = "") =>
        Event(
            $"response.{status}",
            "\"response\":"
                + """{"id":"resp_1","model":"gpt-5-2025-08-07","status":"STATUS","incomplete_details":{"reason":"REASON"},"output":[],"usage":{"input_tokens":5612,"input_tokens_details":{"cached_tokens":5600},"output_tokens":78,"output_tokens_details":{"reasoning_tokens":40}}}"""
                    .Replace("STATUS", status)
                    .Replace("REASON", reason)
        );

    public static string Error(string code, string message) =>
        Event("error", $"\"code\":{Quote(code)},\"message\":{Quote(message)},\"param\":null");

    public static string Event(string name, string members) =>
        $"event: {name}\ndata: {{\"type\":\"{name}\",\"sequence_number\":1,{members}}}\n\n";

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
