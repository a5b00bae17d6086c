using System.Text.Json;
using ClawCi.Sandboxes;
using Xunit;

namespace ClawCi.Docker.Tests;

internal static class SandboxCalls
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    public static Task<Sandbox> AgentAsync(this TaskSandbox task) => task.StartAgentAsync(Now);

    public static Task<SandboxAnswer> BashAsync(this Sandbox sandbox, string command, TimeSpan? timeout = null) =>
        sandbox.CallAsync("bash", Sandboxed.Json($"{{\"command\":{JsonSerializer.Serialize(command)}}}"), timeout, Now);
}
