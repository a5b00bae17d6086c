using ClawCi.Messages;

namespace ClawCi.Models;

/// <summary>One request to a model, provider-neutral.</summary>
/// <param name="MaxOutputTokens">Cap on the reply, in tokens.</param>
/// <param name="Effort">How hard the model is to think; null leaves that to the provider.</param>
/// <param name="Foreign">So many of the first messages came about with another model: its reasoning is not sent on.</param>
internal sealed record ModelRequest(
    string System,
    IReadOnlyList<ToolDefinition> Tools,
    IReadOnlyList<Message> Messages,
    int MaxOutputTokens,
    Effort? Effort = null,
    int Foreign = 0
)
{
    /// <summary>
    /// Told of each reply that began and did not end, by what was seen of it: the provider charges that too. Input tokens are 0
    /// when they were not counted yet.
    /// </summary>
    public Action<Usage>? Lost { get; init; }
}
