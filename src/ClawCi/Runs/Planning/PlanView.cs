using System.Text.Json;
using System.Text.Json.Serialization;
using ClawCi.Configuration;
using ClawCi.Events;
using ClawCi.Models;
using ClawCi.Permissions;
using ClawCi.Runs.Gates;
using ClawCi.Runs.Planning.TaskFiles;
using ClawCi.Sandboxes;

namespace ClawCi.Runs.Planning;

/// <summary>A plan as <c>claw-ci plan --format json</c> shows it.</summary>
internal sealed record PlanView(string Out, string? Timeout, decimal? MaxCostUsd, IReadOnlyList<PlannedTaskView> Tasks)
{
    public static PlanView Of(RunPlan plan) =>
        new(
            plan.OutDirectory,
            plan.Deadline is { } timeout ? Duration.Write(timeout) : null,
            plan.MaxCostUsd,
            [
                .. plan.Tasks.Select(task =>
                    PlannedTaskView.Of(task) with
                    {
                        Id = task.Id,
                        Workspace = task.Checkout,
                        ForecastUsd = Forecast.Of(task, plan.MaxCostUsd).MaxUsd,
                        PromptTokens = PromptSize.Of(plan, task),
                    }
                ),
            ]
        );
}

/// <summary>
/// One task of a plan. Without <see cref="Id"/>, <see cref="Workspace"/> and <see cref="ForecastUsd"/> it is what the plan's
/// hash is of.
/// </summary>
internal sealed record PlannedTaskView(
    string? Id,
    string Name,
    string? Description,
    string Model,
    string Prompt,
    string? Workspace,
    SandboxSpec Sandbox,
    IReadOnlyList<SetupStep> Setup,
    string Mode,
    IReadOnlyList<RuleView> Rules,
    IReadOnlyList<string> RequiredTools,
    LimitsView Limits,
    IReadOnlyList<ProtectedLayer> ProtectedPaths,
    GatesView Gates,
    int Rounds,
    bool Baseline,
    int FlakyReruns,
    IReadOnlyList<CheckView> Checks,
    bool ExpectChanges,
    ApplyMode Apply,
    IReadOnlyList<string> ContextFiles,
    IReadOnlyList<Origin> Origins,
    string TaskHash,
    string PolicyHash,
    string? PlanHash,
    decimal? ForecastUsd = null
)
{
    public IReadOnlyList<string> FallbackModels { get; init; } = [];

    public string? Effort { get; init; }

    public int CompactionThresholdTokens { get; init; }

    /// <summary>What besides the task itself takes part, and what was refused.</summary>
    public IReadOnlyList<LoadedPart> Loaded { get; init; } = [];

    /// <summary>Null in what the hash is of: the workspace may have been written to.</summary>
    public PromptSize? PromptTokens { get; init; }

    /// <summary>The schema of the structured answer.</summary>
    public JsonElement? Response { get; init; }

    /// <summary>Its values in the matrix; null without one.</summary>
    public IReadOnlyDictionary<string, string>? Matrix { get; init; }

    public static PlannedTaskView Of(PlannedTask task) =>
        new(
            null,
            task.Name,
            task.Description,
            task.Model.ToString(),
            task.Prompt,
            null,
            // Without a container its place is another for every run, and the search path is the machine's.
            task.Sandbox.Kind == SandboxKind.None
                ? task.Sandbox with
                {
                    Workspace = "",
                    SearchPath = null,
                }
                : task.Sandbox,
            task.Setup,
            PermissionPolicy.ModeName(task.Policy.Mode),
            [.. task.Policy.Layers.SelectMany(layer => layer.Rules).Select(RuleView.Of)],
            task.Policy.RequiredTools,
            LimitsView.Of(task.Limits),
            task.ProtectedPaths.Layers,
            new(task.Gates.MaxFiles, task.Gates.MaxPatchBytes, task.Gates.Executables),
            task.Verify.Rounds,
            task.Verify.Baseline,
            task.Verify.FlakyReruns,
            [
                .. task.Verify.Checks.Select(check => new CheckView(
                    check.Id,
                    check.Run,
                    Duration.Write(check.Timeout),
                    check.Must,
                    check.Reports
                )),
            ],
            task.ExpectChanges,
            task.Apply,
            task.ContextFiles,
            task.Origins,
            task.TaskHash,
            task.PolicyHash,
            task.PlanHash.Length == 0 ? null : task.PlanHash
        )
        {
            FallbackModels = [.. task.FallbackModels.Select(model => model.ToString())],
            CompactionThresholdTokens = task.CompactAtTokens,
            Effort = task.Effort is { } effort ? EffortWord.Of(effort) : null,
            Response = task.Response?.Text,
            Loaded = task.Parts,
            Matrix = task.Matrix.Count == 0 ? null : task.Matrix,
        };
}

/// <summary>A rule in words.</summary>
internal sealed record RuleView(string Id, string Effect, string Calls, string Source)
{
    public static RuleView Of(Rule rule) =>
        new(rule.Id, rule.Effect == RuleEffect.Allow ? "allow" : "deny", rule.ToString(), rule.Source);
}

/// <summary>The limits, durations as people write them.</summary>
internal sealed record LimitsView(
    int MaxTurns,
    int MaxToolCalls,
    long? MaxOutputTokens,
    decimal? MaxCostUsd,
    string Timeout,
    string IdleTimeout,
    string ToolTimeout,
    int MaxDenials
)
{
    public static LimitsView Of(TaskLimits limits) =>
        new(
            limits.MaxTurns,
            limits.MaxToolCalls,
            limits.MaxOutputTokens,
            limits.MaxCostUsd,
            Duration.Write(limits.Timeout),
            Duration.Write(limits.IdleTimeout),
            Duration.Write(limits.ToolTimeout),
            limits.MaxDenials
        );
}

/// <summary>The gates beside the protected paths.</summary>
internal sealed record GatesView(int? MaxFiles, long? MaxPatchBytes, ExecutableFiles Executables);

/// <summary>A check, its timeout as people write it.</summary>
internal sealed record CheckView(string Id, string Run, string Timeout, MustWord Must, IReadOnlyList<string> Reports);

/// <summary>How a plan is written: snake_case as all that claw-ci writes, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true,
    NewLine = "\n",
    Converters = [
        typeof(KebabCaseEnumConverter<ApplyMode>),
        typeof(KebabCaseEnumConverter<ExecutableFiles>),
        typeof(KebabCaseEnumConverter<MustWord>),
        typeof(KebabCaseEnumConverter<ProtectedChange>),
        typeof(KebabCaseEnumConverter<PullPolicy>),
        typeof(KebabCaseEnumConverter<SandboxKind>),
    ]
)]
[JsonSerializable(typeof(PlanView))]
internal sealed partial class PlanViewJson : JsonSerializerContext
{
    /// <summary>Nobody puts a plan into HTML as it is, and people read it.</summary>
    public static PlanViewJson Readable =>
        new(
            new System.Text.Json.JsonSerializerOptions(Default.Options)
            {
                Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            }
        );
}
