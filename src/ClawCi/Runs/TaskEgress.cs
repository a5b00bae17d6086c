using ClawCi.Events;
using ClawCi.Runs.Planning;
using ClawCi.Sandboxes.Egress;

namespace ClawCi.Runs;

/// <summary>A task's way out, and how it is told of.</summary>
internal static class TaskEgress
{
    /// <returns>Null when nothing of the task is to reach anything.</returns>
    public static EgressSettings? Of(PlannedTask task, RunServices services, IRunObserver events) =>
        task.Sandbox.Network.IsNone && task.Setup.All(step => step.Network.IsNone) ? null : Of(services, events);

    private static EgressSettings Of(RunServices services, IRunObserver events) =>
        new(
            Outside.Of(services.ProxyTo),
            EgressLimits.Default,
            (purpose, use) =>
                events.On(
                    new NetworkUsed(
                        purpose,
                        use.Host,
                        use.Port,
                        use.IsAllowed ? "allow" : "deny",
                        use.Rule,
                        use.Problem,
                        use.BytesUp,
                        use.BytesDown,
                        (long)use.Duration.TotalMilliseconds
                    )
                ),
            message => events.On(new Warned(message)),
            services.Time
        );
}
