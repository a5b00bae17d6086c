using System.Text.Json;
using ClawCi.Messages;

namespace ClawCi.Models.Anthropic;

/// <summary>Puts one reply together from the events of its stream. What it does not know it skips.</summary>
/// <param name="where">Names the endpoint in failures.</param>
internal sealed class AnthropicEventReader(string where)
{
    private readonly Dictionary<int, BlockBuilder> _blocks = [];
    private readonly List<int> _order = [];
    private Usage _usage = new();
    private string? _model;
    private string? _stopReason;

    /// <summary>Takes one event.</summary>
    /// <param name="name">The event's SSE name; <c>message</c> when it came without one.</param>
    /// <returns>True when the message is complete.</returns>
    /// <exception cref="ModelException">The event is an error, or is not what its name says.</exception>
    public bool Accept(string name, ReadOnlyMemory<byte> data)
    {
        try
        {
            if (name is not "message")
                return IsKnown(name) && Accept(name, JsonElement.Parse(data.Span));
            var json = JsonElement.Parse(data.Span);
            return Accept(json.GetProperty("type").GetString() ?? "", json);
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw Invalid($"an event that cannot be read ({Snippet.Of(name, 40)}: {Snippet.Of(data.Span)})", e);
        }
    }

    /// <summary>
    /// What is known of the tokens so far; null before the reply began. The provider counts what it wrote at the end, so until
    /// then what came is counted, four characters a token.
    /// </summary>
    public Usage? Seen =>
        _model is null
            ? null
            : _usage with
            {
                OutputTokens = Math.Max(_usage.OutputTokens, _blocks.Values.Sum(block => block.Length) / 4),
            };

    /// <summary>The whole reply, once <see cref="Accept(string, ReadOnlyMemory{byte})"/> said that it is complete.</summary>
    /// <exception cref="ModelException">The reply is none.</exception>
    public ModelReply Reply(string? requestId)
    {
        var content = BuildContent();
        if (_stopReason is null)
            throw Invalid("a message without a stop reason");
        // These two stop the model before its first word; everything else without a word is a fault.
        if (content.Count == 0 && _stopReason is not (StopReasons.Refusal or StopReasons.ContextWindowExceeded))
            throw Invalid($"an empty message (stop reason {Snippet.Of(_stopReason, 40)})");
        var message = new Message(Role.Assistant, content);
        CheckToolUses([.. message.ToolUses]);
        return new ModelReply(message, _stopReason, _usage, _model ?? "", requestId);
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
                throw AnthropicErrors.FromEvent(where, json);
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

    private void CheckToolUses(IReadOnlyList<ToolUseBlock> uses)
    {
        if (_stopReason is StopReasons.ToolUse && uses.Count == 0)
            throw Invalid("a stop for a tool use without a tool use");
        if (uses.Any(use => use.Id is "" || use.Name is ""))
            throw Invalid("a tool use without an id or a name");
        if (uses.DistinctBy(use => use.Id).Count() != uses.Count)
            throw Invalid("two tool uses with one id");
    }

    /// <summary>Counts are totals of the message so far, so a later one replaces an earlier.</summary>
    private void AddUsage(JsonElement holder)
    {
        if (!holder.TryGetProperty("usage", out var usage) || usage.ValueKind != JsonValueKind.Object)
            return;
        _usage = new Usage(
            Count(usage, "input_tokens") ?? _usage.InputTokens,
            Count(usage, "output_tokens") ?? _usage.OutputTokens,
            Count(usage, "cache_creation_input_tokens") ?? _usage.CacheCreationInputTokens,
            Count(usage, "cache_read_input_tokens") ?? _usage.CacheReadInputTokens
        );
    }

    private static long? Count(JsonElement usage, string name) =>
        usage.TryGetProperty(name, out var count)
        && count.ValueKind == JsonValueKind.Number
        && count.TryGetInt64(out var value)
        // A count beyond this is a fault of the sender's, and would overflow sums.
        && value is >= 0 and < 1_000_000_000_000
            ? value
            : null;

    private ModelException Invalid(string what, Exception? inner = null) =>
        new(ModelFailure.InvalidReply, $"{where}: the reply holds {what}", status: 200, inner: inner);
}
