using System.Text;
using System.Text.Json;
using ClawCi.Models.Anthropic;

namespace ClawCi.Models.Scripted;

/// <summary>What a script can say something about in a request, read back from its bytes.</summary>
internal sealed record ScriptedRequest(
    string System,
    IReadOnlyList<string> Tools,
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

    public static ScriptedRequest Read(ReadOnlySpan<byte> body)
    {
        var root = JsonElement.Parse(body);
        var system = new StringBuilder();
        foreach (var block in Items(root, "system"))
            system.Append(block.GetProperty("text").GetString());
        return new ScriptedRequest(
            system.ToString(),
            [.. Items(root, "tools").Select(tool => tool.GetProperty("name").GetString()!)],
            [.. Items(root.GetProperty("messages").EnumerateArray().Last(), "content").Select(ReadPart)],
            body.Length
        );
    }

    private static Part ReadPart(JsonElement block)
    {
        var type = block.GetProperty("type").GetString()!;
        return type switch
        {
            "text" => new Part(type, block.GetProperty("text").GetString()!, IsError: false),
            "tool_result" => new Part(
                type,
                block.GetProperty("content").GetString()!,
                IsError: block.TryGetProperty("is_error", out var isError) && isError.GetBoolean()
            ),
            _ => new Part(type, block.GetRawText(), IsError: false),
        };
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement element, string name) =>
        element.TryGetProperty(name, out var items) ? items.EnumerateArray() : default;
}
