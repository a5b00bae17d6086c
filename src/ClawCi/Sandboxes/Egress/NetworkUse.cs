namespace ClawCi.Sandboxes.Egress;

/// <summary>What came of a connection that a container asked for.</summary>
/// <param name="Host">As asked for; empty when the request named none.</param>
/// <param name="Rule">The rule that allowed it as it was written, or the kind of rule that refused it.</param>
/// <param name="Problem">Why it was refused, or ended badly.</param>
/// <param name="BytesUp">From the container, after the proxy.</param>
internal sealed record NetworkUse(
    string Host,
    int Port,
    bool IsAllowed,
    string Rule,
    string? Problem,
    long BytesUp,
    long BytesDown,
    TimeSpan Duration
);
