using ClawCi.ChangeSets;
using ClawCi.Permissions;
using ClawCi.Prompts;
using ClawCi.Runs.Extensions;
using ClawCi.Runs.Planning;
using ClawCi.Runs.Resume;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Workspaces;

namespace ClawCi.Runs;

/// <summary>What the model of a task is told before anything else.</summary>
internal static class TaskPrompt
{
    /// <summary>It is made while the sandbox is; a run that goes on keeps to what its model was told.</summary>
    public static Task<string> MakeAsync(PlannedTask task, RunPlan plan, Resumption? resumed) =>
        resumed?.Progress.Started is { } begun
            ? Task.FromResult(begun.System)
            : Task.Run(() => Of(task, plan.HiddenFrom(task)));

    /// <param name="hidden">What the sandbox does not see of the workspace.</param>
    public static string Of(PlannedTask task, string hidden) =>
        SystemPrompt.Build(
            Rules(task) with
            {
                Overview = Overview(task, hidden),
                Skills = Skills(task, _ => true),
                Files = ContextFile.Find(task.Checkout, task.ContextFiles),
            }
        );

    /// <summary>Without what the workspace says.</summary>
    public static PromptFacts Rules(PlannedTask task) =>
        new(task.Sandbox.Workspace)
        {
            Checks = [.. task.Verify.Checks.Select(check => check.Run)],
            ProtectedPaths = task.ProtectedPaths.Paths,
            Network = task.Sandbox.Network.Words,
            IsConfined = task.Sandbox.Kind == SandboxKind.Docker,
            IsReadOnly = task.Policy.Mode == PermissionMode.ReadOnly,
            AsksForAnswer = task.Response is not null,
            Skills = Skills(task, skill => !skill.IsData),
            TrustsWorkspace = task.TrustsWorkspace,
        };

    private static IReadOnlyList<SkillLine> Skills(PlannedTask task, Func<Skill, bool> which) =>
        task.Policy.Hides(ToolNames.Skill)
            ? []
            : [.. task.Skills.Where(which).Select(skill => new SkillLine(skill.Name, skill.Description, skill.IsData))];

    private static string Overview(PlannedTask task, string hidden)
    {
        var count = new WorkspaceCount(task.ContextFiles);
        try
        {
            var listing = new CheckoutFiles(task.Checkout, hidden).Each(count.Add);
            return WorkspaceOverview.Of(
                count,
                BaseCommit.Branch(task.Checkout),
                listing.IsTracked,
                listing.IsComplete,
                listing.Changed
            );
        }
        catch (Exception e) when (e is IOException or ChangeSetException)
        {
            // A directory that cannot be listed, or holds more than anybody would show.
            return "";
        }
    }
}
