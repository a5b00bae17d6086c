using ClawCi.Events;
using ClawCi.Runs.Planning;
using ClawCi.Runs.Resume;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using ClawCi.Sandboxes.Local;

namespace ClawCi.Runs;

/// <summary>Prepares a task's place to work, of the kind that was planned. There is no second choice.</summary>
internal static class SandboxMaker
{
    /// <summary>On top of a task's time, for ending and delivering.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    public static async Task<ITaskSandbox> PrepareAsync(
        PlannedTask task,
        RunPlan plan,
        Func<CancellationToken, Task<DockerEngine>> engine,
        RunServices services,
        IRunObserver events,
        Resumption? resumed,
        CancellationToken ct
    ) =>
        task.Sandbox.Kind == SandboxKind.None
            ? await LocalTaskSandbox.PrepareAsync(
                services.ToolServer,
                Spec(task),
                task.Checkout,
                plan.HiddenFrom(task),
                ct
            )
            : await TaskSandbox.PrepareAsync(
                await engine(ct),
                services.ToolServer,
                Spec(task),
                task.Checkout,
                plan.HiddenFrom(task),
                Owner(task, plan),
                ct,
                pull =>
                    events.On(
                        new ImagePulled(
                            task.Sandbox.Image,
                            pull.Done,
                            pull.Bytes,
                            pull.Total,
                            (long)pull.Duration.TotalMilliseconds
                        )
                    ),
                TaskEgress.Of(task, services, events),
                resumed?.Layers
            );

    public static SandboxOwner Owner(PlannedTask task, RunPlan plan) => new(plan.RunId, task.Id, plan.OutDirectory);

    private static SandboxSpec Spec(PlannedTask task) => task.Sandbox with { Lifetime = task.Limits.Timeout + Grace };

    /// <summary>What must be said aloud of the sandbox that was chosen; null is nothing.</summary>
    public static string? Warning(PlannedTask task) =>
        task.Sandbox.Kind == SandboxKind.None
            ? $"There is no sandbox (sandbox: none). What the agent starts runs on this machine as {LocalUser.Describe()}, with the machine's "
                + "network, files and programs; the task's image, limits and network rules are not in force. "
                + "Use it only where the machine is thrown away after the run and holds nothing worth stealing."
            : null;
}
