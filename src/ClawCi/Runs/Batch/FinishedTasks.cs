using ClawCi.Events;
using ClawCi.Runs.Planning;
using ClawCi.Sandboxes.Workspaces;
using ClawCi.Sessions;

namespace ClawCi.Runs.Batch;

/// <summary>Which tasks an output directory holds a result of that still holds.</summary>
/// <param name="alsoFailed">Results that another try would give again count, and not only success.</param>
internal sealed class FinishedTasks(string outDirectory, bool alsoFailed)
{
    /// <summary>
    /// Whether the task ended there, and would begin from the same again: task file, policies, everything that was resolved
    /// (model, image, limits, values of the matrix, …) and the commit that its checkout stands on.
    /// </summary>
    /// <exception cref="UserErrorException">The transcript was edited.</exception>
    public bool Has(PlannedTask task)
    {
        var transcript = TranscriptOf(task);
        if (!File.Exists(transcript))
            return false;
        RunStarted? started = null;
        TaskEnded? ended = null;
        foreach (var line in TranscriptReader.Stream(transcript))
        {
            started ??= line.Event as RunStarted;
            ended = line.Event as TaskEnded;
        }
        return ended is not null
            && (ended.Outcome == Outcome.Success.Name() || (alsoFailed && !ended.Retryable))
            && started is not null
            && started.TaskHash == task.TaskHash
            && started.PolicyHash == task.PolicyHash
            && started.PlanHash == task.PlanHash
            && started.BaseCommit == BaseCommit.Read(task.Checkout);
    }

    /// <summary>Whether a kill left the checkout in the middle of the task's patch, or just behind it.</summary>
    /// <exception cref="UserErrorException">The transcript was edited.</exception>
    public bool IsCutInApply(PlannedTask task) =>
        File.Exists(TranscriptOf(task))
        && Progress.Of(TranscriptReader.Read(TranscriptOf(task))) is { Ended: null, ApplyDirectory: not null };

    private string TranscriptOf(PlannedTask task) =>
        Path.Combine(outDirectory, "tasks", task.Id, TaskDirectory.TranscriptName);
}
