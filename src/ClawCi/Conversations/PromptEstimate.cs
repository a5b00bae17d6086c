using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ClawCi.Messages;

namespace ClawCi.Conversations;

/// <summary>
/// Bounds the tokens of a conversation's next request from above: for what the last reply answered the provider's own
/// count, for what came since its bytes. The cost of an estimate follows what is new.
/// </summary>
internal sealed class PromptEstimate
{
    /// <summary>Prose has four bytes a token, code three, hexadecimal digits and emoji two.</summary>
    public const int BytesPerToken = 2;

    /// <summary>What surrounds a block or a message.</summary>
    private const int FrameTokens = 8;

    /// <summary>Of a block that is no text, such as an image: providers scale large ones down to less.</summary>
    private const int MediaTokens = 8_000;

    /// <summary>Of a document: a hundred pages, which is as many as are taken, as text and as images.</summary>
    private const int DocumentTokens = 300_000;

    private Message? _last;
    private int _count;
    private long _tokens;

    public long Of(string system, IReadOnlyList<ToolDefinition> tools, IReadOnlyList<Message> messages)
    {
        var counted = _count > 0 && _count <= messages.Count && ReferenceEquals(messages[_count - 1], _last);
        return counted ? _tokens + messages.Skip(_count).Sum(Of) : Whole(system, tools, messages);
    }

    /// <summary>From bytes alone.</summary>
    public static long Whole(string system, IReadOnlyList<ToolDefinition> tools, IReadOnlyList<Message> messages) =>
        OfText(system) + tools.Sum(Of) + messages.Sum(Of);

    public static long Of(Message message) => FrameTokens + message.Content.Sum(Of);

    /// <summary>Takes the provider's count of a request and its reply.</summary>
    /// <param name="messages">The reply is the last of them.</param>
    public void Learn(IReadOnlyList<Message> messages, Usage usage)
    {
        var input = usage.InputTokens + usage.CacheCreationInputTokens + usage.CacheReadInputTokens;
        // An endpoint that counts nothing teaches nothing.
        if (input == 0)
            return;
        (_last, _count) = (messages[^1], messages.Count);
        _tokens = input + usage.OutputTokens;
    }

    private static long Of(ToolDefinition tool) =>
        FrameTokens + OfText(tool.Name) + OfText(tool.Description) + OfJson(tool.InputSchema);

    public static long Of(ContentBlock block) =>
        FrameTokens
        + block switch
        {
            TextBlock text => OfText(text.Text),
            ThinkingBlock thinking => OfText(thinking.Thinking) + OfText(thinking.Signature),
            ToolUseBlock use => OfText(use.Id) + OfText(use.Name) + OfJson(use.Input),
            ToolResultBlock result => OfText(result.ToolUseId) + OfText(result.Text) + result.Media.Sum(Of),
            UnknownBlock unknown => Math.Min(OfJson(unknown.Raw), MediaTokens),
            // A page takes a kilobyte or more, and two to three thousand tokens.
            MediaBlock { IsImage: false } document => Math.Min(2 * document.Data.Length, DocumentTokens),
            _ => MediaTokens,
        };

    private static long OfText(string text) => (Encoding.UTF8.GetByteCount(text) + BytesPerToken - 1) / BytesPerToken;

    private static long OfJson(JsonElement json) =>
        (JsonMarshal.GetRawUtf8Value(json).Length + BytesPerToken - 1) / BytesPerToken;
}
