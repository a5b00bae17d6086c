using ClawCi.Events;
using ClawCi.Runs.Planning;
using ClawCi.Sandboxes.Workspaces;
using ClawCi.Sessions;

namespace ClawCi.Runs.Batch;

/// <summary>Which tasks an output directory holds a result of that still holds.</summary>
internal static class FinishedTasks
{
    /// <summary>
    /// Whether the task succeeded there, and would begin from the same again: task file, policies, everything that was resolved
    /// (model, image, limits, values of the matrix, …) and the commit that its checkout stands on.
    /// </summary>
    /// <exception cref="UserErrorException">The transcript was edited.</exception>
    public static bool Has(string outDirectory, PlannedTask task)
    {
        var transcript = Path.Combine(outDirectory, "tasks", task.Id, TaskDirectory.TranscriptName);
        if (!File.Exists(transcript))
            return false;
        RunStarted? started = null;
        TaskEnded? ended = null;
        foreach (var line in TranscriptReader.Stream(transcript))
        {
            started ??= line.Event as RunStarted;
            ended = line.Event as TaskEnded;
        }
        return ended?.Outcome == Outcome.Success.Name()
            && started is not null
            && started.TaskHash == task.TaskHash
            && started.PolicyHash == task.PolicyHash
            && started.PlanHash == task.PlanHash
            && started.BaseCommit == BaseCommit.Read(task.Checkout);
    }
}
