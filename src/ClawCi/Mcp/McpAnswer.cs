using System.Text;
using ClawCi.Messages;
using ClawCi.Shared;
using ClawCi.Tools;
using ModelContextProtocol.Protocol;

namespace ClawCi.Mcp;

/// <summary>From what a server answers to what the model reads.</summary>
internal static class McpAnswer
{
    private static readonly string[] ImageTypes = ["image/png", "image/jpeg", "image/gif", "image/webp"];

    public static ToolOutput Of(CallToolResult result)
    {
        var text = new StringBuilder();
        List<MediaBlock> images = [];
        foreach (var block in result.Content)
            Append(text, block, images);
        if (text.Length == 0 && images.Count == 0 && result.StructuredContent is { } structured)
            text.Append(structured.GetRawText());
        return Text(text.ToString(), result.IsError == true) with { Media = images };
    }

    /// <summary>Cut in the middle when it is long.</summary>
    public static ToolOutput Text(string text, bool isError)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var cut = new Truncation(McpLimits.AnswerHead, McpLimits.AnswerTail);
        cut.Append(bytes);
        return new ToolOutput(
            cut.IsTruncated ? cut.ToText("ask for less") : text,
            isError,
            Bytes: bytes.Length,
            Truncated: cut.IsTruncated
        );
    }

    private static void Append(
        StringBuilder text,
        ModelContextProtocol.Protocol.ContentBlock block,
        List<MediaBlock> images
    )
    {
        if (text.Length > 0)
            text.Append('\n');
        switch (block)
        {
            case TextContentBlock said:
                text.Append(said.Text);
                break;
            case ImageContentBlock image
                when images.Count < McpLimits.MostImages
                    && image.Data.Length <= McpLimits.LongestImage
                    && ImageTypes.Contains(image.MimeType):
                images.Add(new MediaBlock(image.MimeType, Encoding.ASCII.GetString(image.Data.Span)));
                break;
            case ImageContentBlock image:
                text.Append($"[an image, {image.MimeType}, that cannot be shown]");
                break;
            case AudioContentBlock audio:
                text.Append($"[audio, {audio.MimeType}, that cannot be played]");
                break;
            case EmbeddedResourceBlock { Resource: var resource }:
                Append(text, resource);
                break;
            case ResourceLinkBlock link:
                text.Append($"[resource {link.Uri}: {link.Name}]");
                break;
            default:
                text.Append($"[content of the kind {block.Type}, which is not known here]");
                break;
        }
    }

    public static void Append(StringBuilder text, ResourceContents resource)
    {
        if (resource is TextResourceContents words)
            text.Append($"[resource {words.Uri}]\n{words.Text}");
        else
            text.Append($"[resource {resource.Uri}, {resource.MimeType}, which is not text]");
    }
}
