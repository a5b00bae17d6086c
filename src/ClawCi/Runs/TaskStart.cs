using ClawCi.Events;
using ClawCi.Prompts;
using ClawCi.Runs.Planning;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Workspaces;
using ClawCi.Tools;

namespace ClawCi.Runs;

/// <summary>Makes a task's first event.</summary>
internal static class TaskStart
{
    /// <summary>What the model is told before anything else.</summary>
    public static string System(PlannedTask task) =>
        SystemPrompt.Build(
            task.Sandbox.Workspace,
            [.. task.Verify.Checks.Select(check => check.Run)],
            ContextFile.Find(task.Checkout, task.ContextFiles),
            task.ProtectedPaths.Paths,
            task.Sandbox.Network.Words,
            task.Response is not null
        );

    /// <param name="image">Null when it could not be had.</param>
    public static RunStarted Of(
        PlannedTask task,
        SandboxImage? image,
        string system,
        string version,
        string sessionId,
        Answers answers
    ) =>
        new(
            version,
            task.Name,
            task.Description,
            task.TaskHash,
            task.PolicyHash,
            task.PlanHash,
            image is null ? null : new ImageReference(image.Name, image.Id, image.Digest),
            task.Model.ToString(),
            TaskTools.Names(task, answers),
            task.Origins,
            BaseCommit.Read(task.Checkout),
            task.Checkout,
            system,
            sessionId,
            task.Sandbox.Kind == SandboxKind.None ? SandboxChoice.None : null
        );
}
