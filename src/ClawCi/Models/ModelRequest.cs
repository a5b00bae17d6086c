using ClawCi.Messages;

namespace ClawCi.Models;

/// <summary>One request to a model, provider-neutral.</summary>
/// <param name="MaxOutputTokens">Cap on the reply, in tokens.</param>
internal sealed record ModelRequest(
    string System,
    IReadOnlyList<ToolDefinition> Tools,
    IReadOnlyList<Message> Messages,
    int MaxOutputTokens
)
{
    /// <summary>
    /// Told of each reply that began and did not end, by what was seen of it: the provider charges that too. Input tokens are 0
    /// when they were not counted yet.
    /// </summary>
    public Action<Usage>? Lost { get; init; }
}
