using ClawCi.Conversations;
using ClawCi.Events;
using ClawCi.Hooks;
using ClawCi.Runs.Planning;
using ClawCi.Sandboxes.Workspaces;

namespace ClawCi.Runs.Resume;

/// <summary>A task whose patch was in the checkout when its run was killed: all that is left is to say so.</summary>
internal static class AppliedTask
{
    /// <returns>The last event, which is still to be raised.</returns>
    public static async Task<TaskEnded> EndAsync(
        PlannedTask task,
        RunPlan plan,
        RunServices services,
        Ledger ledger,
        IRunObserver events,
        Resumption resumed
    )
    {
        var (progress, applied) = (resumed.Progress, resumed.Progress.Applied!);
        resumed.Begin(events, services.Version);
        Applier.Clear(task.Checkout, progress.ApplyDirectory!);
        var decision = new Finding(Outcomes.Parse(applied.Outcome), applied.Reason, applied.Message, applied.Retryable);
        var hooks = new HookRunner(task.Hooks, plan.RunId, task.Checkout, events, services.Time)
        {
            Variable = services.Variable,
        };
        await new TaskHooks(hooks).EndAsync(decision);
        return TaskEnd.Of(
            decision,
            task,
            progress.Session,
            progress.Notes,
            Resumption.Answers(task, resumed),
            ledger,
            progress.Denials,
            progress.Checks,
            new Delivery(applied.Changes, Delivery.AppliedWord),
            resumed.Elapsed
        );
    }
}
