using System.Text.Json;
using ClawCi.Models.Wire;

namespace ClawCi.Models.Scripted;

/// <summary>What a script can say something about in a request, read back from its bytes.</summary>
internal sealed record ScriptedRequest(
    string System,
    IReadOnlyList<string> Tools,
    string FirstMessage,
    IReadOnlyList<ScriptedRequest.Part> LastMessage,
    int Bytes
)
{
    /// <summary>A block of a message: its text, or of another kind its JSON.</summary>
    internal sealed record Part(string Type, string Text, bool IsError)
    {
        public bool IsToolResult => Type == "tool_result";

        /// <summary>The block in one line, long text shown by both its ends.</summary>
        public override string ToString()
        {
            var line = Snippet.Of(Text, 4000);
            var shown = line.Length <= 620 ? line : $"{line[..300]} […] {line[^300..]}";
            return $"{Type}{(IsError ? " (error)" : "")}: {shown}";
        }
    }

    public static ScriptedRequest Read(ModelApi api, ReadOnlySpan<byte> body)
    {
        var root = JsonElement.Parse(body);
        return api switch
        {
            ModelApi.Messages => new(
                string.Concat(Items(root, "system").Select(block => Text(block, "text"))),
                [.. Items(root, "tools").Select(tool => Text(tool, "name"))],
                First(Items(Items(root, "messages").First(), "content").Select(ReadBlock)),
                [.. Items(Items(root, "messages").Last(), "content").Select(ReadBlock)],
                body.Length
            ),
            ModelApi.Responses => new(
                Text(root, "instructions"),
                [.. Items(root, "tools").Select(tool => Text(tool, "name"))],
                First(Items(root, "input").Where(IsFromUser).Take(1).SelectMany(ReadItem)),
                [.. Last(Items(root, "input"), IsFromUser).SelectMany(ReadItem)],
                body.Length
            ),
            _ => new(
                string.Concat(
                    Items(root, "messages").Where(message => Text(message, "role") == "system").Select(Content)
                ),
                [.. Items(root, "tools").Select(tool => Text(tool.GetProperty("function"), "name"))],
                First(
                    Items(root, "messages").Where(message => Text(message, "role") == "user").Take(1).Select(ReadChat)
                ),
                [
                    .. Last(Items(root, "messages"), message => Text(message, "role") is "tool" or "user")
                        .Select(ReadChat),
                ],
                body.Length
            ),
        };
    }

    private static string First(IEnumerable<Part> parts) => string.Join('\n', parts.Select(part => part.Text));

    /// <summary>What the runner said last: the elements at the end that are its own.</summary>
    private static IEnumerable<JsonElement> Last(IEnumerable<JsonElement> items, Func<JsonElement, bool> isOurs) =>
        items.Reverse().TakeWhile(isOurs).Reverse();

    private static bool IsFromUser(JsonElement item) =>
        Text(item, "type") == "function_call_output" || Text(item, "role") == "user";

    private static Part ReadBlock(JsonElement block) =>
        Text(block, "type") switch
        {
            "text" => new Part("text", Text(block, "text"), IsError: false),
            "tool_result" => new Part(
                "tool_result",
                Content(block),
                IsError: block.TryGetProperty("is_error", out var isError) && isError.GetBoolean()
            ),
            var type => new Part(type, block.GetRawText(), IsError: false),
        };

    private static IEnumerable<Part> ReadItem(JsonElement item) =>
        Text(item, "type") == "function_call_output"
            ? [Result(item.TryGetProperty("output", out var output) ? TextOf(output) : "")]
            : Items(item, "content").Select(part => new Part("text", Text(part, "text"), IsError: false));

    private static Part ReadChat(JsonElement message) =>
        Text(message, "role") == "tool" ? Result(Content(message)) : new Part("text", Content(message), IsError: false);

    /// <summary>These APIs have no mark for an error; the client writes one in front.</summary>
    private static Part Result(string text) =>
        text.StartsWith("Error: ", StringComparison.Ordinal)
            ? new Part("tool_result", text["Error: ".Length..], IsError: true)
            : new Part("tool_result", text, IsError: false);

    private static string Content(JsonElement element) =>
        element.TryGetProperty("content", out var content) ? TextOf(content) : "";

    /// <summary>Text itself, or the texts of its parts.</summary>
    private static string TextOf(JsonElement content) =>
        content.ValueKind == JsonValueKind.String ? content.GetString()!
        : content.ValueKind == JsonValueKind.Array
            ? string.Join('\n', content.EnumerateArray().Select(part => Text(part, "text")))
        : "";

    private static JsonElement.ArrayEnumerator Items(JsonElement element, string name) =>
        element.TryGetProperty(name, out var items) ? items.EnumerateArray() : default;

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
}
