using System.Text.Json;

namespace ClawCi.TestSupport;

/// <summary>
/// The chunks in which a Chat Completions server streams a reply, written down from its documentation and not with
/// the code under test.
/// </summary>
internal static class ChatEvents
{
    public static string Start { get; } = Delta("""{"role":"assistant","content":""}""");

    /// <summary>It comes in pieces of three characters, when very long in one.</summary>
    public static string Content(string text, string member = "content") =>
        string.Concat(
            text.EnumerateRunes()
                .Chunk(text.Length > 100_000 ? text.Length : 3)
                .Select(piece => Delta($"{{\"{member}\":{Quote(string.Concat(piece))}}}"))
        );

    /// <summary>The arguments come in pieces of three characters.</summary>
    public static string ToolCall(int index, string id, string name, string arguments) =>
        Delta(
            $$$"""{"tool_calls":[{"index":{{{index}}},"id":{{{Quote(id)}}},"type":"function","function":{"name":{{{Quote(name)}}},"arguments":""}}]}"""
        )
        + string.Concat(
            arguments
                .EnumerateRunes()
                .Chunk(3)
                .Select(piece =>
                    Delta(
                        $$$"""{"tool_calls":[{"index":{{{index}}},"function":{"arguments":{{{Quote(string.Concat(piece))}}}}}]}"""
                    )
                )
        );

    public static string End(string finish = "stop") =>
        Chunk($$"""[{"index":0,"delta":{},"finish_reason":"{{finish}}"}]""")
        + Chunk(
            "[]",
            ""","usage":{"prompt_tokens":5612,"completion_tokens":78,"prompt_tokens_details":{"cached_tokens":5600}}"""
        )
        + Done;

    public static string Done => "data: [DONE]\n\n";

    public static string Error(string code, string message) =>
        $"data: {{\"error\":{{\"code\":{Quote(code)},\"message\":{Quote(message)}}}}}\n\n";

    public static string Delta(string delta) => Chunk($$"""[{"index":0,"delta":{{delta}},"finish_reason":null}]""");

    public static string Chunk(string choices, string more = "") =>
        $$"""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"qwen3","choices":{{choices}}{{more}}}"""
        + "\n\n";

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
