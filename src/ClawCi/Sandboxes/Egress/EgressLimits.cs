namespace ClawCi.Sandboxes.Egress;

/// <summary>Bounds on what one container moves, and on how long anything may take.</summary>
/// <param name="Connections">Over the container's life.</param>
/// <param name="BytesUp">What it may send: the brake on carrying data out.</param>
/// <param name="HeadTime">For a request's head to arrive.</param>
/// <param name="Idle">Without a byte in either direction.</param>
internal sealed record EgressLimits(
    int Connections,
    int ConnectionsAtOnce,
    long BytesUp,
    long BytesDown,
    TimeSpan HeadTime,
    TimeSpan HelloTime,
    TimeSpan ConnectTime,
    TimeSpan Idle
)
{
    public static EgressLimits Default { get; } =
        new(
            Connections: 10_000,
            ConnectionsAtOnce: 128,
            BytesUp: 256L << 20,
            BytesDown: 16L << 30,
            HeadTime: TimeSpan.FromSeconds(30),
            HelloTime: TimeSpan.FromSeconds(15),
            ConnectTime: TimeSpan.FromSeconds(20),
            Idle: TimeSpan.FromMinutes(5)
        );
}
