using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClawCi.Messages;
using ClawCi.Models.Wire;

namespace ClawCi.Models.Anthropic;

/// <summary>Puts one content block together from its start and its deltas.</summary>
internal sealed class BlockBuilder(JsonElement start)
{
    private readonly JsonElement _start = start.Clone();
    private readonly Dictionary<string, StringBuilder> _texts = [];
    private readonly JsonArray _citations = [];
    private StringBuilder? _input;

    /// <summary>Characters that came so far.</summary>
    public long Length => _texts.Values.Sum(text => (long)text.Length) + (_input?.Length ?? 0);

    /// <summary>Takes one delta; one of an unknown kind is ignored.</summary>
    public void Add(JsonElement delta)
    {
        switch (delta.GetProperty("type").GetString())
        {
            case "text_delta":
                Append("text", delta.GetProperty("text"));
                break;
            case "thinking_delta":
                Append("thinking", delta.GetProperty("thinking"));
                break;
            case "signature_delta":
                Append("signature", delta.GetProperty("signature"));
                break;
            case "input_json_delta":
                (_input ??= new StringBuilder()).Append(delta.GetProperty("partial_json").GetString());
                break;
            case "citations_delta":
                _citations.Add(JsonNode.Parse(delta.GetProperty("citation").GetRawText()));
                break;
        }
    }

    /// <summary>The whole block; null for text without a word, which the provider would not take back.</summary>
    public ContentBlock? Build() =>
        _start.GetProperty("type").GetString() switch
        {
            "text" when !HasCitations => string.IsNullOrWhiteSpace(Text("text")) ? null : new TextBlock(Text("text")),
            "thinking" => new ThinkingBlock(Text("thinking"), Text("signature")),
            "tool_use" => BuildToolUse(),
            _ => BuildUnknown(),
        };

    private bool HasCitations =>
        _citations.Count > 0
        || (_start.TryGetProperty("citations", out var citations) && citations.ValueKind == JsonValueKind.Array);

    private ToolUseBlock BuildToolUse()
    {
        var id = _start.GetProperty("id").GetString() ?? "";
        var name = _start.GetProperty("name").GetString() ?? "";
        return ToolInput.Use(id, name, Input);
    }

    private UnknownBlock BuildUnknown()
    {
        if (_texts.Count == 0 && _input is null && _citations.Count == 0)
            return new UnknownBlock(_start);
        var block = JsonObject.Create(_start)!;
        foreach (var name in _texts.Keys)
            block[name] = Text(name);
        if (_input is not null)
            block["input"] = JsonObject.Create(ToolInput.Parse(Input) ?? ToolInput.Empty);
        if (_citations.Count > 0)
            block["citations"] = _citations;
        return new UnknownBlock(JsonElement.Parse(block.ToJsonString()));
    }

    /// <summary>What the deltas wrote; a tool without parameters may come without any, or with an empty one.</summary>
    private string Input =>
        _input is { Length: > 0 } ? _input.ToString()
        : _start.TryGetProperty("input", out var input) ? input.GetRawText()
        : "{}";

    private void Append(string name, JsonElement piece) => Append(name, piece.GetString());

    /// <summary>Goes on with a text of the block.</summary>
    /// <param name="name">The member's name in the whole block.</param>
    public void Append(string name, string? piece)
    {
        if (!_texts.TryGetValue(name, out var text))
            _texts[name] = text = new StringBuilder(StartText(name));
        text.Append(piece);
    }

    private string Text(string name) => _texts.TryGetValue(name, out var text) ? text.ToString() : StartText(name);

    private string StartText(string name) => _start.TryGetProperty(name, out var text) ? text.GetString() ?? "" : "";
}
