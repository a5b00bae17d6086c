using ClawCi.Messages;

namespace ClawCi.Models;

/// <summary>A whole reply: never cut, never a tool-use stop without a tool use; empty only where that says something.</summary>
/// <param name="StopReason">One of <see cref="StopReasons"/>, or a newer word of the provider's.</param>
/// <param name="Model">The model that answered, as the provider names it.</param>
/// <param name="RequestId">The provider's id of the request, for its support.</param>
internal sealed record ModelReply(Message Message, string StopReason, Usage Usage, string Model, string? RequestId)
{
    /// <summary>Whether the provider counted nothing, and <see cref="Usage"/> holds no more than a guess at the output.</summary>
    public bool IsEstimated { get; init; }
}
