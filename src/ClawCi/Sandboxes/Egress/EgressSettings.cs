namespace ClawCi.Sandboxes.Egress;

/// <summary>How the containers of a task get out, and who is told of it.</summary>
/// <param name="Report">With the container's purpose: <c>setup</c>, <c>agent</c>, <c>checks</c>. Called from any thread.</param>
/// <param name="Warn">Something broke; for people.</param>
internal sealed record EgressSettings(
    Outside Outside,
    EgressLimits Limits,
    Action<string, NetworkUse> Report,
    Action<string> Warn,
    TimeProvider Time
)
{
    public EgressProxy Proxy(NetworkAccess access, string purpose) =>
        new(access, Outside, Limits, use => Report(purpose, use), Time);
}
