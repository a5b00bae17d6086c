using System.Runtime.InteropServices;
using System.Text;
using ClawCi.Messages;

namespace ClawCi.Sessions;

/// <summary>Messages as any model can be told of them, and not long: no reasoning, no media, tool results shortened.</summary>
internal static class NeutralMessages
{
    private const int ResultBytes = 4_000;

    public static Message Of(Message message)
    {
        ContentBlock[] content = [.. message.Content.Select(Of).OfType<ContentBlock>()];
        return message with { Content = content.Length > 0 ? content : [new TextBlock("[nothing in words]")] };
    }

    /// <summary>Bytes of its texts and inputs.</summary>
    public static long Size(Message message) =>
        message.Content.Sum(block =>
            block switch
            {
                TextBlock text => Encoding.UTF8.GetByteCount(text.Text),
                ToolUseBlock { MalformedInput: { } malformed } => Encoding.UTF8.GetByteCount(malformed),
                ToolUseBlock use => JsonMarshal.GetRawUtf8Value(use.Input).Length,
                ToolResultBlock result => Encoding.UTF8.GetByteCount(result.Text),
                _ => 0,
            }
        );

    private static ContentBlock? Of(ContentBlock block) =>
        block switch
        {
            TextBlock or ToolUseBlock => block,
            ToolResultBlock result => new ToolResultBlock(
                result.ToolUseId,
                BothEnds.Of(result.Text, ResultBytes, "the transcript has it")
                    + (result.Media.Count > 0 ? $"\n[{result.Media.Count} images or documents left out]" : ""),
                result.IsError
            ),
            MediaBlock => new TextBlock("[an image or a document, left out]"),
            _ => null,
        };
}
