using System.Text.Json;
using System.Text.Json.Nodes;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Runs;

namespace ClawCi.Artifacts;

/// <summary>The run as a whole: with one task what that task ended with, with several whether all succeeded.</summary>
internal sealed record RunResult(string Outcome, int ExitCode, string Reason, string Message, bool Retryable)
{
    public static RunResult Of(RunRecord run) => Of([.. run.Tasks.Select(task => task.Ended)]);

    /// <param name="ends">Of all tasks.</param>
    public static RunResult Of(IReadOnlyList<TaskEnded> ends)
    {
        if (ends is [var only])
            return Of(only);
        if (ends.FirstOrDefault(IsInterrupted) is { } interrupted)
            return Of(interrupted);
        TaskEnded[] failed = [.. ends.Where(end => !IsSuccess(end))];
        return failed.Length == 0
            ? new(Runs.Outcome.Success.Name(), 0, "completed", $"All {ends.Count} tasks succeeded.", false)
            : new(
                "tasks-failed",
                Outcomes.SeveralTasksExitCode,
                "tasks-failed",
                $"{failed.Length} of {ends.Count} tasks did not succeed.",
                failed.Any(end => end.Retryable)
            );
    }

    /// <summary>
    /// The object of the run's result.json. With one task it is that task's object and the run's fields; with several
    /// an object of <c>type</c> <c>run_result</c> with totals and the tasks.
    /// </summary>
    public static string Json(RunRecord run) =>
        IndentedJson.Of(run.Tasks is [var only] ? TaskObject(run, only) : RunObject(run));

    public static RunResult Of(TaskEnded end) => new(end.Outcome, end.ExitCode, end.Reason, end.Message, end.Retryable);

    /// <summary>The run as a whole, not one task because of another.</summary>
    private static bool IsInterrupted(TaskEnded end) =>
        end is { Reason: "interrupted" or CutOff.Reason } && end.Outcome == Runs.Outcome.Interrupted.Name();

    private static bool IsSuccess(TaskEnded end) => end.Outcome == Runs.Outcome.Success.Name();

    private static JsonObject TaskObject(RunRecord run, TaskRecord task)
    {
        var result = JsonSerializer.SerializeToNode(task.Ended, EventJson.Line.RunEvent)!.AsObject();
        result["run_id"] = task.RunId ?? run.RunId;
        result["task_id"] = task.Id;
        result["name"] = task.Name;
        result["model"] = task.Started?.Model;
        result["started_at"] = task.StartedAt;
        if (task.Started?.Sandbox is { } sandbox)
            result["sandbox"] = sandbox;
        result["base_commit"] = task.Started?.BaseCommit;
        result["transcript_sha256"] = task.TranscriptHash;
        return result;
    }

    private static JsonObject RunObject(RunRecord run)
    {
        var result = Of(run);
        TaskEnded[] ends = [.. run.Tasks.Select(task => task.Ended)];
        var usage = ends.Select(end => end.Usage).Aggregate(new Usage(), Usage.Add);
        return new JsonObject
        {
            ["type"] = "run_result",
            ["run_id"] = run.RunId,
            ["outcome"] = result.Outcome,
            ["exit_code"] = result.ExitCode,
            ["reason"] = result.Reason,
            ["message"] = result.Message,
            ["retryable"] = result.Retryable,
            ["totals"] = new JsonObject
            {
                ["tasks"] = ends.Length,
                ["successful"] = ends.Count(IsSuccess),
                ["num_turns"] = ends.Sum(end => end.NumTurns),
                ["total_cost_usd"] = Cost(ends),
                ["input_tokens"] = usage.InputTokens,
                ["output_tokens"] = usage.OutputTokens,
                ["cache_creation_input_tokens"] = usage.CacheCreationInputTokens,
                ["cache_read_input_tokens"] = usage.CacheReadInputTokens,
                ["files"] = ends.Sum(end => end.Changes?.Files ?? 0),
                ["additions"] = ends.Sum(end => end.Changes?.Additions ?? 0),
                ["deletions"] = ends.Sum(end => end.Changes?.Deletions ?? 0),
                ["redactions"] = ends.Sum(end => end.Redactions),
            },
            ["tasks"] = new JsonArray([.. run.Tasks.Select(task => TaskObject(run, task))]),
        };
    }

    /// <summary>Null when the price of one of them is not known: a part would look like the whole.</summary>
    private static decimal? Cost(IReadOnlyList<TaskEnded> ends) =>
        ends.All(end => end.TotalCostUsd is not null || end.NumTurns == 0) ? ends.Sum(end => end.TotalCostUsd) : null;
}
