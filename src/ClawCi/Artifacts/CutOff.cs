using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Runs;

namespace ClawCi.Artifacts;

/// <summary>The end of a task that was killed before it could write one, from what it had written.</summary>
internal static class CutOff
{
    /// <summary>Why a task has no end of its own.</summary>
    public const string Reason = "killed";

    public static TaskEnded End(TaskDigest digest, long? patchBytes) =>
        new(
            Subtype: "error_during_execution",
            IsError: true,
            NumTurns: digest.Replies,
            DurationMs: digest.Last?.ElapsedMs ?? 0,
            DurationApiMs: digest.RepliesMs,
            TotalCostUsd: digest.Spent?.TotalCostUsd,
            Usage: digest.Spent?.TotalUsage ?? new Usage(),
            ModelUsage: digest.Models,
            PermissionDenials:
            [
                .. digest.Denied.Select(denied => new PermissionDenial(
                    denied.Decision.Tool,
                    denied.Decision.ToolUseId,
                    denied.Call.Input,
                    denied.Decision.RuleId,
                    denied.Decision.Reason
                )),
            ],
            StructuredOutput: null,
            SessionId: digest.Started?.SessionId ?? "",
            Result: digest.LastWords,
            Outcome: Outcome.Interrupted.Name(),
            ExitCode: Interruption.SigTerm,
            Reason: Reason,
            Message: "claw-ci was killed before the task ended. What it had recorded until then is here; `claw-ci resume` goes on with it.",
            Retryable: true,
            LimitsHit: [.. digest.Limits.Select(limit => limit.Limit)],
            Checks: CheckSummary.Of(digest.Checks),
            Changes: digest.Applied?.Changes ?? Changes(digest.Files, patchBytes),
            Applied: digest.Applied is null ? "not-applied" : Delivery.AppliedWord,
            Artifacts: [TaskRecord.TranscriptFile],
            Redactions: digest.Redactions,
            OpenTodos: digest.Todos.All(todo => todo.IsDone)
                ? null
                : [.. digest.Todos.Where(todo => !todo.IsDone).Select(todo => todo.Content)]
        );

    /// <summary>Null when it was killed before the changes were read: that is not the same as none.</summary>
    private static ChangeSummary? Changes(List<FileChanged> files, long? patchBytes) =>
        patchBytes is not { } bytes || files.Count == 0
            ? null
            : new ChangeSummary(
                files.Count,
                files.Sum(file => file.Additions ?? 0),
                files.Sum(file => file.Deletions ?? 0),
                bytes,
                []
            );
}
