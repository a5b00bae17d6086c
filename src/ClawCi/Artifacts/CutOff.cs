using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Runs;
using ClawCi.Sessions;

namespace ClawCi.Artifacts;

/// <summary>The end of a task that was killed before it could write one, from what it had written.</summary>
internal static class CutOff
{
    public static TaskEnded End(IReadOnlyList<TranscriptLine> lines, byte[]? patch)
    {
        RunEvent[] events = [.. lines.Select(line => line.Event).OfType<RunEvent>()];
        var started = events.OfType<RunStarted>().FirstOrDefault();
        var replies = events.OfType<MessageAdded>().Where(message => message.Role == Role.Assistant).ToArray();
        var spent = events.OfType<UsageAdded>().LastOrDefault();
        return new TaskEnded(
            Subtype: "error_during_execution",
            IsError: true,
            NumTurns: replies.Length,
            DurationMs: lines.Count == 0 ? 0 : lines[^1].Envelope.ElapsedMs,
            DurationApiMs: replies.Sum(reply => reply.DurationMs ?? 0),
            TotalCostUsd: spent?.TotalCostUsd,
            Usage: spent?.TotalUsage ?? new Usage(),
            ModelUsage: Models(events.OfType<UsageAdded>()),
            PermissionDenials: [.. Denials(events)],
            StructuredOutput: null,
            SessionId: started?.SessionId ?? "",
            Result: replies.Select(Text).LastOrDefault(text => text.Length > 0) ?? "",
            Outcome: Outcome.Interrupted.Name(),
            ExitCode: Interruption.SigTerm,
            Reason: "killed",
            Message: "claw-ci was killed before the task ended. What it had recorded until then is here.",
            Retryable: true,
            LimitsHit: [.. events.OfType<LimitReached>().Select(limit => limit.Limit)],
            Checks: CheckSummary.Of(events.OfType<CheckRan>()),
            Changes: Changes([.. events.OfType<FileChanged>()], patch),
            Applied: "not-applied",
            Artifacts: [TaskRecord.TranscriptFile],
            Redactions: events.OfType<SecretsRedacted>().Sum(redaction => redaction.Count)
        );
    }

    /// <summary>Null when it was killed before the changes were read: that is not the same as none.</summary>
    private static ChangeSummary? Changes(FileChanged[] files, byte[]? patch) =>
        patch is null || files.Length == 0
            ? null
            : new ChangeSummary(
                files.Length,
                files.Sum(file => file.Additions ?? 0),
                files.Sum(file => file.Deletions ?? 0),
                patch.Length,
                []
            );

    private static string Text(MessageAdded message) => new Message(message.Role, message.Content).Text;

    private static Dictionary<string, ModelUsage> Models(IEnumerable<UsageAdded> spent) =>
        spent
            .GroupBy(one => one.Model)
            .ToDictionary(
                group => group.Key,
                group =>
                {
                    var usage = group.Aggregate(new Usage(), (sum, one) => sum + one.Usage);
                    return new ModelUsage(
                        usage.InputTokens,
                        usage.OutputTokens,
                        usage.CacheReadInputTokens,
                        usage.CacheCreationInputTokens,
                        group.Aggregate((decimal?)0m, (sum, one) => sum + one.CostUsd)
                    );
                }
            );

    private static IEnumerable<PermissionDenial> Denials(IReadOnlyList<RunEvent> events)
    {
        var calls = events.OfType<ToolCalled>().GroupBy(call => call.ToolUseId).ToDictionary(g => g.Key, g => g.Last());
        foreach (var denied in events.OfType<PolicyDecided>().Where(decision => decision.Decision == "deny"))
        {
            if (calls.TryGetValue(denied.ToolUseId, out var call))
                yield return new(denied.Tool, denied.ToolUseId, call.Input, denied.RuleId, denied.Reason);
        }
    }
}
