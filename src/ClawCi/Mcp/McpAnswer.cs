using System.Buffers.Text;
using System.Text;
using ClawCi.Messages;
using ClawCi.Shared;
using ClawCi.Tools;
using ModelContextProtocol.Protocol;

namespace ClawCi.Mcp;

/// <summary>From what a server answers to what the model reads.</summary>
internal sealed class McpAnswer
{
    private readonly StringBuilder _text = new();
    private readonly List<MediaBlock> _images = [];

    public static ToolOutput Of(CallToolResult result)
    {
        var answer = Read(result.Content);
        if (answer._text.Length == 0 && answer._images.Count == 0 && result.StructuredContent is { } structured)
            answer._text.Append(structured.GetRawText());
        return answer.ToOutput(result.IsError == true);
    }

    public static ToolOutput Of(IEnumerable<ModelContextProtocol.Protocol.ContentBlock> content) =>
        Read(content).ToOutput(isError: false);

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

    private ToolOutput ToOutput(bool isError) => Text(_text.ToString(), isError) with { Media = _images };

    private static McpAnswer Read(IEnumerable<ModelContextProtocol.Protocol.ContentBlock> content)
    {
        var answer = new McpAnswer();
        foreach (var block in content)
            answer.Append(block);
        return answer;
    }

    private void Append(ModelContextProtocol.Protocol.ContentBlock block)
    {
        if (_text.Length > 0)
            _text.Append('\n');
        switch (block)
        {
            case TextContentBlock said:
                _text.Append(said.Text);
                break;
            case ImageContentBlock image:
                AppendImage(image.Data.Span, image.MimeType);
                break;
            case AudioContentBlock audio:
                _text.Append($"[audio, {audio.MimeType}, that cannot be played]");
                break;
            case EmbeddedResourceBlock { Resource: TextResourceContents words }:
                _text.Append($"[resource {words.Uri}]\n{words.Text}");
                break;
            case EmbeddedResourceBlock { Resource: BlobResourceContents blob }
                when blob.MimeType?.StartsWith("image/", StringComparison.OrdinalIgnoreCase) == true:
                _text.Append($"[resource {blob.Uri}]\n");
                AppendImage(blob.Blob.Span, blob.MimeType);
                break;
            case EmbeddedResourceBlock { Resource: var resource }:
                _text.Append($"[resource {resource.Uri}, {resource.MimeType}, which is not text]");
                break;
            case ResourceLinkBlock link:
                _text.Append($"[resource {link.Uri}: {link.Name}]");
                break;
            default:
                _text.Append($"[content of the kind {block.Type}, which is not known here]");
                break;
        }
    }

    /// <summary>A provider refuses the whole request for one image that is none, or of another kind than it is said to be.</summary>
    private void AppendImage(ReadOnlySpan<byte> base64, string type)
    {
        var bytes = new byte[Math.Min(base64.Length, McpLimits.LongestImage)];
        if (
            _images.Count < McpLimits.MostImages
            && base64.Length <= McpLimits.LongestImage
            && Base64.DecodeFromUtf8(base64, bytes, out _, out var length) == System.Buffers.OperationStatus.Done
            && MediaKind.Of(bytes.AsSpan(0, length)) is { } kind
            && kind != MediaKind.Pdf
        )
            _images.Add(new MediaBlock(kind, Convert.ToBase64String(bytes, 0, length)));
        else
            _text.Append($"[an image, {type}, that cannot be shown]");
    }
}
