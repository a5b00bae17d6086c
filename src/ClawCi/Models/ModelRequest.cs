using ClawCi.Messages;

namespace ClawCi.Models;

/// <summary>One request to a model, provider-neutral.</summary>
/// <param name="MaxOutputTokens">Cap on the reply, in tokens.</param>
internal sealed record ModelRequest(
    string System,
    IReadOnlyList<ToolDefinition> Tools,
    IReadOnlyList<Message> Messages,
    int MaxOutputTokens
);
