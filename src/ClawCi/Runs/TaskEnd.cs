using ClawCi.Conversations;
using ClawCi.Events;
using ClawCi.Runs.Planning;
using ClawCi.Sessions;
using ClawCi.Tools;

namespace ClawCi.Runs;

/// <summary>Makes a task's last event.</summary>
internal static class TaskEnd
{
    public static TaskEnded Of(
        Finding decision,
        PlannedTask task,
        Session session,
        SessionNotes notes,
        Answers answers,
        Ledger ledger,
        IReadOnlyList<PermissionDenial> denials,
        IReadOnlyList<CheckRan> checks,
        Delivery delivery,
        TimeSpan duration
    )
    {
        var limits = decision.Outcome is Outcome.LimitExceeded or Outcome.TimedOut
            ? [decision.Reason]
            : Array.Empty<string>();
        string?[] artifacts =
        [
            TaskDirectory.TranscriptName,
            delivery.Changes is { PatchBytes: > 0 } ? TaskDirectory.PatchName : null,
            answers.Response is null ? null : TaskDirectory.ResponseName,
        ];
        return new TaskEnded(
            Subtype(decision),
            decision.Outcome != Outcome.Success,
            ledger.Turns,
            (long)duration.TotalMilliseconds,
            (long)ledger.ModelTime.TotalMilliseconds,
            ledger.CostUsd,
            ledger.Usage,
            ledger.Models.ToDictionary(
                model => model.Key,
                model => new ModelUsage(
                    model.Value.Usage.InputTokens,
                    model.Value.Usage.OutputTokens,
                    model.Value.Usage.CacheReadInputTokens,
                    model.Value.Usage.CacheCreationInputTokens,
                    model.Value.CostUsd
                )
            ),
            denials,
            answers.Response,
            session.Id,
            session.LastText,
            decision.Outcome.Name(),
            decision.Outcome.ExitCode(),
            decision.Reason,
            decision.Message,
            decision.Retryable,
            limits,
            CheckSummary.Of(checks),
            delivery.Changes,
            delivery.Applied,
            [.. artifacts.OfType<string>()],
            Redactions: 0,
            answers.Reported,
            Open(notes.Plan)
        );
    }

    private static IReadOnlyList<string>? Open(IReadOnlyList<TodoItem> plan) =>
        plan.All(todo => todo.IsDone) ? null : [.. plan.Where(todo => !todo.IsDone).Select(todo => todo.Content)];

    private static string Subtype(Finding decision) =>
        decision switch
        {
            { Outcome: Outcome.Success } => "success",
            { Reason: "max-turns" } => "error_max_turns",
            { Reason: "max-cost-usd" or "run-max-cost-usd" } => "error_max_budget_usd",
            _ => "error_during_execution",
        };
}
