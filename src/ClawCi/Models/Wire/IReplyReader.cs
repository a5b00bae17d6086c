using ClawCi.Messages;

namespace ClawCi.Models.Wire;

/// <summary>Puts one reply together from the events of its stream.</summary>
internal interface IReplyReader
{
    /// <summary>Takes one event.</summary>
    /// <param name="name">The event's SSE name; <c>message</c> when it came without one.</param>
    /// <returns>True when the reply is complete.</returns>
    /// <exception cref="ModelException">The event is an error, or is not what its name says.</exception>
    bool Accept(string name, ReadOnlySpan<byte> data);

    /// <summary>What is known of the tokens so far; null before the reply began. Estimated where the provider counts at the end.</summary>
    Usage? Seen { get; }

    /// <summary>The whole reply, once <see cref="Accept"/> said that it is complete.</summary>
    /// <exception cref="ModelException">The reply is none.</exception>
    ModelReply Reply(string? requestId);
}
