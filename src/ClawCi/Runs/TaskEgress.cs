using ClawCi.Events;
using ClawCi.Permissions;
using ClawCi.Runs.Planning;
using ClawCi.Sandboxes.Egress;
using ClawCi.Web;

namespace ClawCi.Runs;

/// <summary>A task's way out, and how it is told of.</summary>
internal static class TaskEgress
{
    /// <returns>Null when nothing of the task is to reach anything.</returns>
    public static EgressSettings? Of(PlannedTask task, RunServices services, IRunObserver events) =>
        task.Sandbox.Network.IsNone
        && task.Setup.All(step => step.Network.IsNone)
        && task.McpServers.All(server => server.Network is null)
            ? null
            : new(
                Outside.Of(services.ProxyTo),
                EgressLimits.Default,
                (purpose, use) => Report(events, purpose, use),
                message => events.On(new Warned(message)),
                services.Time
            );

    /// <summary>Fetches pages for the model: from the runner, and from no other host than its sandbox reaches.</summary>
    public static WebFetcher Fetcher(PlannedTask task, RunServices services, IRunObserver events) =>
        new(
            task.Sandbox.Network,
            () => Outside.Of(services.ProxyTo),
            FetchLimits.Default,
            services.Version,
            use => Report(events, ToolNames.WebFetch, use),
            services.Time
        );

    public static void Report(IRunObserver events, string purpose, NetworkUse use) =>
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
        );
}
