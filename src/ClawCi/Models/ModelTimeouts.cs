namespace ClawCi.Models;

/// <summary>How long one request may stay silent.</summary>
/// <param name="Connect">To a connection, TLS included.</param>
/// <param name="FirstByte">From sending to the first byte of the answer.</param>
/// <param name="BetweenChunks">Between two pieces of the answer; the provider's pings count.</param>
internal sealed record ModelTimeouts(TimeSpan Connect, TimeSpan FirstByte, TimeSpan BetweenChunks)
{
    public static ModelTimeouts Default { get; } =
        new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(60));
}
