using ClawCi.Artifacts;
using ClawCi.Events;
using ClawCi.Runs;
using ClawCi.Sandboxes.Workspaces;
using ClawCi.Sessions;

namespace ClawCi.Publishing;

/// <summary>Delivers the patches of a run that has ended, one task after the other.</summary>
/// <param name="open">Connects to the repository of a task; the same for all tasks of one repository.</param>
/// <param name="told">Hears of each task as soon as it is done.</param>
internal sealed class Publisher(
    PublishPlan plan,
    SecretMasker masker,
    Func<TaskRecord, CancellationToken, Task<TaskDestination>> open,
    Action<PublishedTask> told
)
{
    /// <summary>Never throws for what goes wrong with a task: the others are delivered all the same.</summary>
    public async Task<PublishResult> RunAsync(RunRecord run, CancellationToken ct)
    {
        var tasks = new List<PublishedTask>();
        var findings = new List<Finding>();
        foreach (var task in run.Tasks)
        {
            var (published, finding) = await PublishAsync(task, ct);
            tasks.Add(published);
            if (finding is not null)
                findings.Add(finding);
            told(published);
        }
        var decision = Decide(tasks, findings);
        return new(
            PublishResult.CurrentSchema,
            run.RunId,
            plan.IsStaged,
            decision.Outcome.Name(),
            decision.Outcome.ExitCode(),
            decision.Reason,
            decision.Message,
            decision.Retryable,
            tasks
        );
    }

    private async Task<(PublishedTask Task, Finding? Finding)> PublishAsync(TaskRecord task, CancellationToken ct)
    {
        var state = new PublishedTask(task.Id, "skipped", "");
        if (Skipped(task) is { } why)
            return (state with { Message = why }, null);
        if (Blocked(task) is { } objection)
            return Ended(state with { Status = "blocked" }, new(Outcome.GateBlocked, "gate", objection));
        var publisher = default(TaskPublisher);
        try
        {
            publisher = new TaskPublisher(plan, masker, await open(task, ct), task);
            var finding = await publisher.RunAsync(ct);
            return finding is null ? (publisher.State, null) : Ended(publisher.State, finding);
        }
        catch (PublishException e)
        {
            return Ended(Failed(), e.Finding);
        }
        catch (UserErrorException e)
        {
            return Ended(Failed(), new(Outcome.ApplyFailed, "repository", VisibleText.Line(e.Message)));
        }
        catch (PatchException e)
        {
            return Ended(Failed(), new(Outcome.ApplyFailed, "git", VisibleText.Line(e.Message)));
        }

        PublishedTask Failed() => (publisher?.State ?? state) with { Status = "failed" };
    }

    private static (PublishedTask, Finding?) Ended(PublishedTask task, Finding finding) =>
        (task with { Message = finding.Message }, finding);

    /// <summary>Why there is nothing to deliver of a task.</summary>
    private string? Skipped(TaskRecord task)
    {
        if (task.Digest.Ended is null)
            return "it was killed before it ended: `claw-ci resume` goes on with it";
        var end = task.Ended;
        if (end.Outcome != Outcome.Success.Name() && !plan.AlsoUnsuccessful)
            return $"it ended {end.Outcome}";
        return end.Changes is null or { Files: 0 } ? "it changed nothing" : null;
    }

    /// <summary>Why a patch may not leave, whatever the caller wants.</summary>
    private static string? Blocked(TaskRecord task)
    {
        var changes = task.Ended.Changes!;
        var objecting = (changes.Gates ?? []).Where(finding => finding.Action == GateFinding.Block).ToList();
        if (objecting.Count > 0)
            return $"a gate objected to the patch: {VisibleText.Line(string.Join("; ", objecting.Take(5)))}";
        if (changes.PatchBytes == 0 || task.Patch is not { } patch)
            return "the patch was withheld, or is not there";
        return changes.PatchBytes != patch.LongLength
            ? "changes.patch is not what the run wrote: its length is another"
            : null;
    }

    private static Finding Decide(List<PublishedTask> tasks, List<Finding> findings)
    {
        if (findings.Count > 0)
        {
            var first = findings.MinBy(finding => finding.Outcome)!;
            return first with
            {
                Message = $"{findings.Count} of {tasks.Count} tasks could not be delivered.",
                Retryable = findings.Exists(finding => finding.Retryable),
            };
        }
        return tasks.TrueForAll(task => task.Status == "skipped")
            ? new(Outcome.NoChanges, "nothing-to-publish", "No task has a patch to deliver.")
            : new(Outcome.Success, "completed", "Every patch is where it belongs.");
    }
}
