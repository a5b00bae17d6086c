using System.Text.Json;

namespace ClawCi.TestSupport;

/// <summary>
/// The events in which the Messages API streams a reply, written down from its documentation and not with the code
/// under test.
/// </summary>
internal static class ProviderEvents
{
    public static string Text(string text) =>
        Start()
        + Block(0, """{"type":"text","text":""}""", $$$"""{"type":"text_delta","text":{{{Quote(text)}}}}""")
        + End();

    public static string ToolUse(string id, string name, string input) =>
        Start() + ToolUseBlock(0, id, name, input) + End("tool_use");

    /// <summary>The input comes in pieces of three characters, as the provider cuts it anywhere.</summary>
    public static string ToolUseBlock(int index, string id, string name, string input) =>
        Block(
            index,
            $$$"""{"type":"tool_use","id":{{{Quote(id)}}},"name":{{{Quote(name)}}},"input":{}}""",
            [
                .. input
                    .EnumerateRunes()
                    .Chunk(3)
                    .Select(piece =>
                        $$$"""{"type":"input_json_delta","partial_json":{{{Quote(string.Concat(piece))}}}}"""
                    ),
            ]
        );

    public static string Start(string model = "claude-sonnet-4-5-20250929") =>
        Event(
            "message_start",
            $$$$"""{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"{{{{model}}}}","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":12,"cache_creation_input_tokens":340,"cache_read_input_tokens":5600,"output_tokens":1}}}"""
        );

    public static string Block(int index, string start, params IReadOnlyList<string> deltas) =>
        Event(
            "content_block_start",
            $$$"""{"type":"content_block_start","index":{{{index}}},"content_block":{{{start}}}}"""
        )
        + string.Concat(
            deltas.Select(delta =>
                Event(
                    "content_block_delta",
                    $$$"""{"type":"content_block_delta","index":{{{index}}},"delta":{{{delta}}}}"""
                )
            )
        )
        + Event("content_block_stop", $$$"""{"type":"content_block_stop","index":{{{index}}}}""");

    public static string End(string stopReason = "end_turn", int outputTokens = 78) =>
        Event(
            "message_delta",
            $$$"""{"type":"message_delta","delta":{"stop_reason":"{{{stopReason}}}","stop_sequence":null},"usage":{"output_tokens":{{{outputTokens}}}}}"""
        ) + Event("message_stop", """{"type":"message_stop"}""");

    public static string Ping { get; } = Event("ping", """{"type":"ping"}""");

    public static string Error(string type, string message) =>
        Event("error", $$$"""{"type":"error","error":{"type":"{{{type}}}","message":"{{{message}}}"}}""");

    public static string Event(string name, string data) => $"event: {name}\ndata: {data}\n\n";

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
