using ClawCi.Events;
using ClawCi.Permissions;
using ClawCi.Runs;
using ClawCi.Sandboxes;
using ClawCi.Sessions;
using ClawCi.Tools;
using Xunit;

namespace ClawCi.Docker.Tests;

/// <summary>A sandbox as the conversation has it.</summary>
internal static class Agents
{
    public static ToolSet Tools() =>
        new(
            TaskTools.For((_, _) => throw new InvalidOperationException("The tests call the sandbox themselves.")),
            new PermissionPolicy(PermissionMode.WorkspaceWrite, "built-in", [], [], "/workspace")
        );

    /// <summary>Its task directory is <c>out/tasks/task</c> in the test's own.</summary>
    public static AgentSandbox Start(
        ITaskSandbox task,
        Sandboxed here,
        IRunObserver events,
        ToolSet? tools = null,
        SecretMasker? masker = null
    )
    {
        var blobs = new OutputBlobs(new TaskDirectory(here.Temp["out"], "task"), masker ?? new SecretMasker(), events);
        var stop = TestContext.Current.CancellationToken;
        return new(task, tools ?? Tools(), new TaskMedia(blobs), events, resumed: null, stop);
    }

    public static Task<ToolOutput> CallAsync(this AgentSandbox agent, string tool, string input) =>
        agent.CallAsync(new ToolCall("1", tool, Sandboxed.Json(input)), TestContext.Current.CancellationToken);
}
