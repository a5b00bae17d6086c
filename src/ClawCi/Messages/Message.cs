using System.Text.Json.Serialization;

namespace ClawCi.Messages;

/// <summary>One message of a session, in the shape of the Messages API.</summary>
internal sealed record Message(Role Role, IReadOnlyList<ContentBlock> Content)
{
    /// <summary>A user message of one text block.</summary>
    public static Message User(string text) => new(Role.User, [new TextBlock(text)]);

    /// <summary>The tool uses in this message, in the order in which the model asked for them.</summary>
    [JsonIgnore]
    public IEnumerable<ToolUseBlock> ToolUses => Content.OfType<ToolUseBlock>();

    /// <summary>The text blocks, joined by a blank line.</summary>
    [JsonIgnore]
    public string Text => string.Join("\n\n", Content.OfType<TextBlock>().Select(block => block.Text));
}
