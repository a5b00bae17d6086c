using System.Text.Json;
using ClawCi.Messages;
using ClawCi.Models.Wire;

namespace ClawCi.Models.Anthropic;

/// <summary>Puts one reply together from the events of its stream. What it does not know it skips.</summary>
/// <param name="where">Names the endpoint in failures.</param>
internal sealed class AnthropicEventReader(string where) : IReplyReader
{
    private readonly Dictionary<int, BlockBuilder> _blocks = [];
    private readonly List<int> _order = [];
    private Usage _usage = new();
    private string? _model;
    private string? _stopReason;

    public bool Accept(string name, ReadOnlySpan<byte> data)
    {
        try
        {
            if (name is "content_block_delta" && TextDelta.Read(data) is { } delta)
            {
                Block(delta.Index).Append(delta.Member, delta.Text);
                return false;
            }
            if (name is not "message")
                return IsKnown(name) && Accept(name, JsonElement.Parse(data));
            var json = JsonElement.Parse(data);
            return Accept(json.GetProperty("type").GetString() ?? "", json);
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw Invalid($"an event that cannot be read ({Snippet.Of(name, 40)}: {Snippet.Of(data)})", e);
        }
    }

    /// <remarks>The provider counts what it wrote at the end; until then what came is counted, four characters a token.</remarks>
    public Usage? Seen =>
        _model is null
            ? null
            : _usage with
            {
                OutputTokens = Math.Max(_usage.OutputTokens, _blocks.Values.Sum(block => block.Length) / 4),
            };

    public ModelReply Reply(string? requestId)
    {
        var message = new Message(Role.Assistant, BuildContent());
        return ReplyCheck.Reply(where, message, _stopReason, _usage, _model ?? "", requestId);
    }

    private static bool IsKnown(string name) =>
        name
            is "message_start"
                or "content_block_start"
                or "content_block_delta"
                or "content_block_stop"
                or "message_delta"
                or "message_stop"
                or "error";

    private bool Accept(string name, JsonElement json)
    {
        switch (name)
        {
            case "message_start" when _model is not null:
                throw Invalid("a second message in one stream");
            case "message_start":
                var message = json.GetProperty("message");
                _model = message.GetProperty("model").GetString() ?? "";
                AddUsage(message);
                break;
            case "content_block_start":
                Start(json.GetProperty("index").GetInt32(), json.GetProperty("content_block"));
                break;
            case "content_block_delta":
                Block(json.GetProperty("index").GetInt32()).Add(json.GetProperty("delta"));
                break;
            case "message_delta":
                _stopReason = json.GetProperty("delta").TryGetProperty("stop_reason", out var reason)
                    ? reason.GetString() ?? _stopReason
                    : _stopReason;
                AddUsage(json);
                break;
            case "error":
                throw new ProviderErrors(where, ProviderVariables.Anthropic).FromEvent(json.GetProperty("error"));
        }
        return name is "message_stop";
    }

    private void Start(int index, JsonElement block)
    {
        if (_model is null || !_blocks.TryAdd(index, new BlockBuilder(block)))
            throw Invalid($"content block {index} out of order");
        _order.Add(index);
    }

    private BlockBuilder Block(int index) =>
        _blocks.TryGetValue(index, out var block)
            ? block
            : throw Invalid($"a piece of content block {index}, which never began");

    private List<ContentBlock> BuildContent()
    {
        var content = new List<ContentBlock>(_order.Count);
        foreach (var index in _order)
        {
            try
            {
                if (_blocks[index].Build() is { } block)
                    content.Add(block);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
            {
                throw Invalid($"content block {index}, which cannot be read", e);
            }
        }
        return content;
    }

    /// <summary>Counts are totals of the message so far, so a later one replaces an earlier.</summary>
    private void AddUsage(JsonElement holder)
    {
        if (!holder.TryGetProperty("usage", out var usage) || usage.ValueKind != JsonValueKind.Object)
            return;
        _usage = new Usage(
            TokenCount.Read(usage, "input_tokens") ?? _usage.InputTokens,
            TokenCount.Read(usage, "output_tokens") ?? _usage.OutputTokens,
            TokenCount.Read(usage, "cache_creation_input_tokens") ?? _usage.CacheCreationInputTokens,
            TokenCount.Read(usage, "cache_read_input_tokens") ?? _usage.CacheReadInputTokens
        );
    }

    private ModelException Invalid(string what, Exception? inner = null) => ReplyCheck.Invalid(where, what, inner);
}
