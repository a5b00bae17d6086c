using ClawCi.ChangeSets;
using ClawCi.Runs.Planning;

namespace ClawCi.Runs.Batch;

/// <summary>One task's turn in the <see cref="ApplyQueue"/>.</summary>
internal sealed class ApplyTurn(ApplyQueue queue, PlannedTask task)
{
    /// <summary>Waits for the turn. The task's clock stands meanwhile: it is no time of the task's.</summary>
    /// <returns>False when the run was interrupted before the turn came, or nobody waits for the task any more.</returns>
    public async Task<bool> ComeAsync(TaskClock clock)
    {
        var turn = queue.ComeAsync(task);
        return turn.IsCompleted ? !clock.Overdue.IsCancellationRequested : await clock.StandAsync(turn);
    }

    /// <inheritdoc cref="ApplyQueue.Conflict"/>
    public string? Conflict(ChangeSet changes) => queue.Conflict(task, changes);

    public void Applied(ChangeSet changes) => queue.Note(task, changes.Entries.Select(entry => entry.DisplayPath));
}
