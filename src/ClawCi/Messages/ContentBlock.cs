using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClawCi.Messages;

/// <summary>A part of a message. The set is closed; what this version does not know is an <see cref="UnknownBlock"/>.</summary>
[JsonConverter(typeof(ContentBlockConverter))]
internal abstract record ContentBlock
{
    private protected ContentBlock() { }
}

/// <summary>Plain text.</summary>
internal sealed record TextBlock(string Text) : ContentBlock;

/// <summary>The model's reasoning. The signature must go back to the provider as it came.</summary>
internal sealed record ThinkingBlock(string Thinking, string Signature) : ContentBlock;

/// <summary>The model asks for a tool.</summary>
/// <param name="Input">A JSON object; empty when <paramref name="MalformedInput"/> is set.</param>
/// <param name="MalformedInput">What the model wrote when that was no such object, or nested too deeply. Never sent back.</param>
internal sealed record ToolUseBlock(string Id, string Name, JsonElement Input, string? MalformedInput = null)
    : ContentBlock
{
    /// <summary>Levels of objects and lists in an input. Records put it some levels deeper, where JSON readers end at 64.</summary>
    public const int MaxInputDepth = 32;
}

/// <summary>The answer to one tool use.</summary>
internal sealed record ToolResultBlock(string ToolUseId, string Text, bool IsError) : ContentBlock
{
    /// <summary>Images and documents that belong to the answer.</summary>
    public IReadOnlyList<MediaBlock> Media { get; init; } = [];
}

/// <summary>An image or a PDF document.</summary>
/// <param name="MediaType">Such as <c>image/png</c> or <c>application/pdf</c>.</param>
/// <param name="Data">Base64; empty when only the name of the bytes is known.</param>
internal sealed record MediaBlock(string MediaType, string Data) : ContentBlock
{
    /// <summary>SHA-256 under which the bytes are kept, lower-case hex; a record of the message then names them only.</summary>
    public string? Blob { get; init; }

    public bool IsImage => MediaType.StartsWith("image/", StringComparison.Ordinal);

    /// <summary>The members of the block's object, in the Messages API's shape.</summary>
    public void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteString("type", IsImage ? "image" : "document");
        writer.WriteStartObject("source");
        writer.WriteString("type", "base64");
        writer.WriteString("media_type", MediaType);
        writer.WriteString("data", Data);
        writer.WriteEndObject();
    }
}

/// <summary>A block of a kind this version does not know, kept as it came.</summary>
internal sealed record UnknownBlock(JsonElement Raw) : ContentBlock
{
    /// <summary>Levels of objects and lists: there may be an input in it.</summary>
    public const int MaxDepth = ToolUseBlock.MaxInputDepth + 8;
}
