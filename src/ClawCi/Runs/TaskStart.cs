using ClawCi.Events;
using ClawCi.Runs.Planning;
using ClawCi.Runs.Resume;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Workspaces;
using ClawCi.Tools;

namespace ClawCi.Runs;

/// <summary>Makes a task's first event.</summary>
internal static class TaskStart
{
    /// <summary>What takes part besides the task itself, and what is to be known beforehand.</summary>
    public static IEnumerable<RunEvent> Besides(PlannedTask task, RunPlan plan, Resumption? resumed) =>
        [
            .. task.Parts.Count == 0 || resumed?.Progress.Started is not null
                ? Array.Empty<RunEvent>()
                : [new Loaded(task.Parts)],
            .. plan.Warnings.Append(SandboxMaker.Warning(task)).OfType<string>().Select(text => new Warned(text)),
        ];

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
            [.. TaskTools.Offered(task, answers).Select(tool => tool.Name)],
            task.Origins,
            BaseCommit.Read(task.Checkout),
            task.Checkout,
            system,
            sessionId,
            task.Sandbox.Kind == SandboxKind.None ? SandboxChoice.None : null,
            task.Target is { Source: { } source } target
                ? new(source.Address.ToString(), BaseCommit.Branch(target.Root), target.Path)
                : null
        );
}
