using System.Text;
using System.Text.Json;
using ClawCi.Messages;
using ClawCi.Models.Wire;

namespace ClawCi.Models.OpenAi;

/// <summary>
/// Puts one reply together from the chunks of a Chat Completions stream. It is whole at <c>[DONE]</c> and not before:
/// the usage comes after the reason to stop.
/// </summary>
internal sealed class ChatEventReader(string where) : IReplyReader
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _thinking = new();
    private readonly ChatToolCalls _calls = new();
    private readonly ReasoningDetails _details = new();
    private Usage _usage = new();
    private string? _model;
    private string? _id;
    private string? _finish;
    private bool _refused;
    private bool _begun;

    /// <remarks>Four characters a token.</remarks>
    public Usage? Seen =>
        !_begun
            ? null
            : _usage with
            {
                OutputTokens = Math.Max(_usage.OutputTokens, (_text.Length + _thinking.Length + _calls.Length) / 4),
            };

    public bool Accept(string name, ReadOnlySpan<byte> data)
    {
        if (data.Trim((byte)' ').SequenceEqual("[DONE]"u8))
            return true;
        try
        {
            if (_model is not null && ChatDelta.Read(data) is { } text)
                _text.Append(text);
            else
                Add(JsonElement.Parse(data));
            return false;
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw ReplyCheck.Invalid(where, $"a chunk that cannot be read ({Snippet.Of(data)})", e);
        }
    }

    public ModelReply Reply(string? requestId)
    {
        var content = new List<ContentBlock>();
        if (_thinking.Length > 0)
            content.Add(new ThinkingBlock(_thinking.ToString(), ""));
        if (_details.Build() is { } details)
            content.Add(details);
        if (!string.IsNullOrWhiteSpace(_text.ToString()))
            content.Add(new TextBlock(_text.ToString()));
        content.AddRange(_calls.Build(_id ?? "call"));
        var message = new Message(Role.Assistant, content);
        return ReplyCheck.Reply(where, message, StopReason(message), _usage, _model ?? "", requestId);
    }

    private void Add(JsonElement chunk)
    {
        if (chunk.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
            throw new ProviderErrors(where, ProviderVariables.OpenAi).FromEvent(error);
        _begun = true;
        _model ??= Text(chunk, "model");
        _id ??= Text(chunk, "id");
        if (chunk.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object)
            _usage = UsageOf(usage);
        if (!chunk.TryGetProperty("choices", out var choices) || choices.ValueKind != JsonValueKind.Array)
            return;
        foreach (var choice in choices.EnumerateArray())
        {
            if (choice.TryGetProperty("delta", out var delta) && delta.ValueKind == JsonValueKind.Object)
                AddDelta(delta);
            _finish = Text(choice, "finish_reason") ?? _finish;
        }
    }

    private void AddDelta(JsonElement delta)
    {
        _text.Append(Text(delta, "content"));
        _thinking.Append(Text(delta, "reasoning_content") ?? Text(delta, "reasoning"));
        if (delta.TryGetProperty("reasoning_details", out var details) && details.ValueKind == JsonValueKind.Array)
            _details.Add(details);
        if (Text(delta, "refusal") is { } refusal)
        {
            _refused = true;
            _text.Append(refusal);
        }
        if (delta.TryGetProperty("tool_calls", out var calls) && calls.ValueKind == JsonValueKind.Array)
        {
            foreach (var call in calls.EnumerateArray())
                _calls.Add(call);
        }
    }

    private string? StopReason(Message message) =>
        _finish switch
        {
            _ when _refused => StopReasons.Refusal,
            "content_filter" => StopReasons.Refusal,
            "length" => StopReasons.MaxTokens,
            // Some servers say stop where they mean the calls beside it.
            "stop" or "tool_calls" or "function_call" when message.ToolUses.Any() => StopReasons.ToolUse,
            "stop" => StopReasons.EndTurn,
            "tool_calls" or "function_call" => StopReasons.ToolUse,
            _ => _finish,
        };

    private static Usage UsageOf(JsonElement usage) =>
        OpenAiUsage.Of(
            TokenCount.Read(usage, "prompt_tokens") ?? 0,
            TokenCount.Read(usage, "completion_tokens") ?? 0,
            usage.TryGetProperty("prompt_tokens_details", out var details) ? details : default
        );

    /// <summary>Null for what is not there, is null or is empty.</summary>
    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        && value.GetString() is { Length: > 0 } text
            ? text
            : null;
}
