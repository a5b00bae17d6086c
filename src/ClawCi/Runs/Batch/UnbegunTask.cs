using ClawCi.Conversations;
using ClawCi.Events;
using ClawCi.Runs.Planning;
using ClawCi.Runs.Resume;
using ClawCi.Sessions;

namespace ClawCi.Runs.Batch;

/// <summary>A task that is not begun any more: its record says so, and why.</summary>
internal static class UnbegunTask
{
    /// <returns>The last event, which is still to be raised.</returns>
    public static TaskEnded End(
        PlannedTask task,
        RunPlan plan,
        RunServices services,
        Finding why,
        Ledger ledger,
        IRunObserver events
    )
    {
        var session = new Session(plan.RunId);
        var answers = Resumption.Answers(task, null);
        events.On(TaskStart.Of(task, null, system: "", services.Version, session.Id, answers));
        return TaskEnd.Of(
            why,
            task,
            session,
            new SessionNotes(),
            answers,
            ledger,
            [],
            [],
            Delivery.Nothing,
            TimeSpan.Zero
        );
    }
}
