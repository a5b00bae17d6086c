using System.Text.Json;
using System.Text.Json.Serialization;
using ClawCi.Messages;

namespace ClawCi.Events;

/// <summary>
/// The last event of a task and, as it stands, its <c>result.json</c>. The first block of names is what consumers of
/// <c>claude -p --output-format json</c> know; the second is claw-ci's own.
/// </summary>
/// <param name="Subtype"><c>success</c>, <c>error_max_turns</c>, <c>error_max_budget_usd</c> or <c>error_during_execution</c>.</param>
/// <param name="StructuredOutput">The answer that the task asks for, as <c>response.json</c> has it; null without one that fits.</param>
/// <param name="Result">The model's last text. It never decides the outcome.</param>
/// <param name="Outcome">A word of docs/formats/outcomes.md.</param>
/// <param name="Reason">Why, as one stable word such as <c>max-turns</c> or <c>check-failed</c>; <c>completed</c> on success.</param>
/// <param name="Message">Why, as a sentence for people that says what to do where something can be done.</param>
/// <param name="Applied"><c>applied</c>, <c>not-applied</c>, <c>failed</c> or <c>nothing</c>.</param>
/// <param name="Artifacts">Paths below the task's directory.</param>
/// <param name="OpenTodos">What the model had on its own list and did not mark completed; null when nothing. It does not change the outcome.</param>
/// <param name="Reported">What the model said of the outcome; null when it said nothing.</param>
internal sealed record TaskEnded(
    string Subtype,
    bool IsError,
    int NumTurns,
    long DurationMs,
    long DurationApiMs,
    decimal? TotalCostUsd,
    Usage Usage,
    [property: JsonPropertyName("modelUsage")] IReadOnlyDictionary<string, ModelUsage> ModelUsage,
    IReadOnlyList<PermissionDenial> PermissionDenials,
    JsonElement? StructuredOutput,
    string SessionId,
    string Result,
    string Outcome,
    int ExitCode,
    string Reason,
    string Message,
    bool Retryable,
    IReadOnlyList<string> LimitsHit,
    IReadOnlyList<CheckSummary> Checks,
    ChangeSummary? Changes,
    string Applied,
    IReadOnlyList<string> Artifacts,
    int Redactions,
    ReportedOutcome? Reported = null,
    IReadOnlyList<string>? OpenTodos = null
) : RunEvent;

/// <summary>Tokens and cost of one model, under the names of the field.</summary>
internal sealed record ModelUsage(
    [property: JsonPropertyName("inputTokens")] long InputTokens,
    [property: JsonPropertyName("outputTokens")] long OutputTokens,
    [property: JsonPropertyName("cacheReadInputTokens")] long CacheReadInputTokens,
    [property: JsonPropertyName("cacheCreationInputTokens")] long CacheCreationInputTokens,
    [property: JsonPropertyName("costUSD")] decimal? CostUsd
);

/// <summary>A tool use that the policy denied.</summary>
internal sealed record PermissionDenial(
    string ToolName,
    string ToolUseId,
    JsonElement ToolInput,
    string? RuleId,
    string Reason
);

/// <summary>How a check stood in the last round in which it ran; the baseline is none. The fields are those of <see cref="CheckRan"/>.</summary>
/// <param name="Flaky">It was red and green in that round; null when it was not.</param>
internal sealed record CheckSummary(
    string Id,
    int Round,
    string Outcome,
    int? ExitCode,
    long DurationMs,
    string? Reason = null,
    string? Message = null,
    TestCounts? Tests = null,
    IReadOnlyList<string>? NamedTests = null,
    int? MoreTests = null,
    bool? Flaky = null
)
{
    /// <summary>Of every run of the checks: one summary for each check that ran after the agent did.</summary>
    public static IReadOnlyList<CheckSummary> Of(IEnumerable<CheckRan> runs) =>
        [
            .. runs.Where(run => run.Round > 0)
                .GroupBy(run => run.Id)
                .Select(check => Of([.. check.Where(run => run.Round == check.Max(other => other.Round))])),
        ];

    /// <summary>Of one round: green when it was green once.</summary>
    private static CheckSummary Of(CheckRan[] round)
    {
        var run = Array.Find(round, run => run.Outcome == "pass") ?? round[^1];
        return new(
            run.Id,
            run.Round,
            run.Outcome,
            run.ExitCode,
            run.DurationMs,
            run.Reason,
            run.Message,
            run.Tests,
            run.NamedTests,
            run.MoreTests,
            run.Outcome == "pass" && Array.Exists(round, other => other.Outcome != "pass") ? true : null
        );
    }
}

/// <summary>What the task changed, as the patch has it.</summary>
/// <param name="PatchBytes">0 when a patch is withheld.</param>
/// <param name="Skipped">Changes that are not in the patch, each with its reason.</param>
/// <param name="Gates">What the gates say, file by file; null when they say nothing.</param>
internal sealed record ChangeSummary(
    int Files,
    int Additions,
    int Deletions,
    long PatchBytes,
    IReadOnlyList<SkippedChange> Skipped,
    IReadOnlyList<GateFinding>? Gates = null
);

/// <param name="Reason"><c>ignored</c>, <c>git-directory</c>, <c>special-file</c>, <c>too-large</c>, …</param>
internal sealed record SkippedChange(string Path, string Reason);
