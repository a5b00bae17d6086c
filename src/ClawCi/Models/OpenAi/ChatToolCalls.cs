using System.Text;
using System.Text.Json;
using ClawCi.Messages;
using ClawCi.Models.Wire;

namespace ClawCi.Models.OpenAi;

/// <summary>
/// Puts tool calls together from their fragments, several calls at once. Servers differ: some leave the index out, some
/// give every call the same one, some give no id.
/// </summary>
internal sealed class ChatToolCalls
{
    private readonly List<Call> _calls = [];

    /// <summary>Characters of arguments that came so far.</summary>
    public int Length => _calls.Sum(call => call.Arguments.Length);

    public void Add(JsonElement fragment)
    {
        var index =
            fragment.TryGetProperty("index", out var number) && number.ValueKind == JsonValueKind.Number
                ? number.GetInt32()
                : (int?)null;
        var id = Text(fragment, "id");
        var call = Find(index, id);
        if (call.Id is "")
            call.Id = id;
        if (!fragment.TryGetProperty("function", out var function) || function.ValueKind != JsonValueKind.Object)
            return;
        if (call.Name is "")
            call.Name = Text(function, "name");
        if (function.TryGetProperty("arguments", out var arguments))
            call.Arguments.Append(
                arguments.ValueKind == JsonValueKind.Object ? arguments.GetRawText()
                : arguments.ValueKind == JsonValueKind.String ? arguments.GetString()
                : ""
            );
    }

    /// <param name="reply">Of which the ids are made that the server did not give.</param>
    public IEnumerable<ToolUseBlock> Build(string reply) =>
        _calls.Select(
            (call, i) =>
                ToolInput.Use(call.Id is "" ? $"{reply}_{i + 1}" : call.Id, call.Name, call.Arguments.ToString())
        );

    private Call Find(int? index, string id)
    {
        var same = index is null ? _calls.LastOrDefault() : _calls.LastOrDefault(call => call.Index == index);
        if (same is not null && (id is "" || same.Id is "" || same.Id == id))
            return same;
        var begun = new Call(index);
        _calls.Add(begun);
        return begun;
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    private sealed class Call(int? index)
    {
        public int? Index { get; } = index;
        public string Id { get; set; } = "";
        public string Name { get; set; } = "";
        public StringBuilder Arguments { get; } = new();
    }
}
