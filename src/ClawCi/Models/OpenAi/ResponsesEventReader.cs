using System.Text.Json;
using ClawCi.Messages;
using ClawCi.Models.Wire;

namespace ClawCi.Models.OpenAi;

/// <summary>
/// Puts one reply together from the events of a Responses stream. The provider repeats each item whole when it is
/// done, so the fragments before are not needed.
/// </summary>
internal sealed class ResponsesEventReader(string where) : IReplyReader
{
    private readonly SortedDictionary<int, JsonElement?> _items = [];
    private JsonElement? _response;
    private string? _incomplete;
    private bool _begun;
    private long _deltas;

    /// <remarks>A delta is a token, or a few.</remarks>
    public Usage? Seen => _begun ? new Usage(OutputTokens: _deltas) : null;

    public bool Accept(string name, ReadOnlySpan<byte> data)
    {
        try
        {
            if (name is not "message" && !IsKnown(name))
            {
                Count(name);
                return false;
            }
            // Some servers leave the event's name to the data.
            var json = JsonElement.Parse(data);
            var type = json.GetProperty("type").GetString() ?? "";
            Count(type);
            return Accept(type, json);
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw ReplyCheck.Invalid(
                where,
                $"an event that cannot be read ({Snippet.Of(name, 40)}: {Snippet.Of(data)})",
                e
            );
        }
    }

    private void Count(string name)
    {
        _begun |= name is "response.created";
        if (name.EndsWith(".delta", StringComparison.Ordinal))
            _deltas++;
    }

    private static bool IsKnown(string name) =>
        name
            is "response.output_item.added"
                or "response.output_item.done"
                or "response.completed"
                or "response.incomplete"
                or "response.failed"
                or "error";

    private bool Accept(string name, JsonElement json)
    {
        switch (name)
        {
            case "response.output_item.added":
                _items.TryAdd(json.GetProperty("output_index").GetInt32(), null);
                return false;
            case "response.output_item.done":
                _items[json.GetProperty("output_index").GetInt32()] = json.GetProperty("item");
                return false;
            case "response.completed":
                _response = json.GetProperty("response");
                return true;
            case "response.incomplete":
                _response = json.GetProperty("response");
                _incomplete = _response.Value.GetProperty("incomplete_details").GetProperty("reason").GetString() ?? "";
                return true;
            case "response.failed":
                throw Errors.FromEvent(json.GetProperty("response").GetProperty("error"));
            case "error":
                // The error's members are the event's own; some servers nest them.
                throw Errors.FromEvent(
                    json.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                        ? error
                        : json
                );
            default:
                return false;
        }
    }

    private ProviderErrors Errors => new(where, ProviderVariables.OpenAi);

    public ModelReply Reply(string? requestId)
    {
        try
        {
            var response = _response!.Value;
            var content = new List<ContentBlock>();
            var refused = false;
            foreach (var item in Items(response))
                refused |= Add(item, content);
            var message = new Message(Role.Assistant, content);
            return ReplyCheck.Reply(
                where,
                message,
                StopReason(message, refused),
                UsageOf(response),
                Text(response, "model"),
                requestId
            );
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw ReplyCheck.Invalid(where, "an item that cannot be read", e);
        }
    }

    private IEnumerable<JsonElement> Items(JsonElement response)
    {
        if (
            response.TryGetProperty("output", out var output)
            && output.ValueKind == JsonValueKind.Array
            && output.GetArrayLength() > 0
        )
            return output.EnumerateArray();
        return _items.Values.All(item => item is not null)
            ? _items.Values.Select(item => item!.Value)
            : throw ReplyCheck.Invalid(where, "an item that was begun and never ended");
    }

    /// <returns>Whether the item is a refusal.</returns>
    private static bool Add(JsonElement item, List<ContentBlock> content)
    {
        switch (Text(item, "type"))
        {
            case "message":
                return AddMessage(item, content);
            case "function_call":
                var arguments = Text(item, "arguments");
                content.Add(ToolInput.Use(Text(item, "call_id"), Text(item, "name"), arguments));
                return false;
            default:
                content.Add(new UnknownBlock(item.Clone()));
                return false;
        }
    }

    private static bool AddMessage(JsonElement item, List<ContentBlock> content)
    {
        var refused = false;
        foreach (var part in item.GetProperty("content").EnumerateArray())
        {
            refused |= Text(part, "type") == "refusal";
            var text = Text(part, Text(part, "type") == "refusal" ? "refusal" : "text");
            if (!string.IsNullOrWhiteSpace(text))
                content.Add(new TextBlock(text));
        }
        return refused;
    }

    private string StopReason(Message message, bool refused) =>
        _incomplete switch
        {
            "max_output_tokens" => StopReasons.MaxTokens,
            "content_filter" => StopReasons.Refusal,
            { } other => other,
            null when refused => StopReasons.Refusal,
            null => message.ToolUses.Any() ? StopReasons.ToolUse : StopReasons.EndTurn,
        };

    private static Usage UsageOf(JsonElement response) =>
        response.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object
            ? OpenAiUsage.Of(
                TokenCount.Read(usage, "input_tokens") ?? 0,
                TokenCount.Read(usage, "output_tokens") ?? 0,
                usage.TryGetProperty("input_tokens_details", out var details) ? details : default
            )
            : new Usage();

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";
}
