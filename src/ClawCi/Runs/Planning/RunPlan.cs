using ClawCi.Events;
using ClawCi.Hooks;
using ClawCi.Mcp;
using ClawCi.Models;
using ClawCi.Permissions;
using ClawCi.Runs.Batch;
using ClawCi.Runs.Continuing;
using ClawCi.Runs.Extensions;
using ClawCi.Runs.Gates;
using ClawCi.Runs.Planning.TaskFiles;
using ClawCi.Runs.Subagents;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Egress;
using ClawCi.Tools;

namespace ClawCi.Runs.Planning;

/// <summary>Everything resolved: nothing downstream reads options, files of the user's or the environment again.</summary>
/// <param name="OutDirectory">Absolute.</param>
/// <param name="Deadline">Bound on the whole run, from <c>--timeout</c>.</param>
/// <param name="MaxCostUsd">Bound on the whole run, from <c>--max-cost-usd</c>.</param>
internal sealed record RunPlan(
    string RunId,
    string OutDirectory,
    IReadOnlyList<PlannedTask> Tasks,
    TimeSpan? Deadline,
    decimal? MaxCostUsd
)
{
    /// <summary>What a person should know before the run.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Absolute path of the workspace.</summary>
    public required string Workspace { get; init; }

    /// <summary>Which part of the run this is; null is the whole.</summary>
    public Shard? Shard { get; init; }

    /// <summary>What <c>merge</c> is to know of the whole run; null where this is the whole.</summary>
    public ShardFile? ShardFile { get; init; }

    /// <summary>How many tasks run at once.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>After so many tasks that did not succeed none is begun any more; null is no bound.</summary>
    public int? MaxFailures { get; init; }

    /// <summary>
    /// What the task's sandbox does not see of the workspace: the output directory. A replay reports inside the run that was
    /// recorded, which was not to be seen then.
    /// </summary>
    public string HiddenFrom(PlannedTask task)
    {
        var around = Path.GetDirectoryName(OutDirectory)!;
        return task.Model.Id == Path.Combine(around, "tasks", task.Id, TaskDirectory.RecordingName)
            ? around
            : OutDirectory;
    }
}

/// <summary>One task, resolved.</summary>
/// <param name="Id">Unique in the run: <c>[a-z0-9._-]</c>, at most 80 characters; also its directory's name.</param>
/// <param name="Checkout">Absolute path of the workspace on this machine.</param>
/// <param name="ContextFiles">File names that are looked for in the workspace, such as AGENTS.md.</param>
/// <param name="Origins">Every effective value with its origin, sorted by key.</param>
internal sealed record PlannedTask(
    string Id,
    string Name,
    string? Description,
    ModelChoice Model,
    string Prompt,
    string Checkout,
    SandboxSpec Sandbox,
    IReadOnlyList<SetupStep> Setup,
    PermissionPolicy Policy,
    TaskLimits Limits,
    GatesPlan Gates,
    VerifyPlan Verify,
    bool ExpectChanges,
    ApplyMode Apply,
    IReadOnlyList<string> ContextFiles,
    IReadOnlyList<Origin> Origins,
    string TaskHash,
    string PolicyHash,
    string PlanHash
)
{
    public ProtectedPaths ProtectedPaths => Gates.Protected;

    /// <summary>Its values in the matrix of its file, by name; empty without one.</summary>
    public IReadOnlyDictionary<string, string> Matrix { get; init; } = new Dictionary<string, string>();

    /// <summary>Null when it works in the run's own workspace.</summary>
    public Target? Target { get; init; }

    public StrategyPlan Strategy { get; init; } = new(0);

    public RetryPlan Retry { get; init; } = RetryPlan.Never;

    /// <summary>How long it took in an earlier run; null when that is not known.</summary>
    public TimeSpan? Expected { get; init; }

    /// <summary>In the order in which they run.</summary>
    public IReadOnlyList<Hook> Hooks { get; init; } = [];

    public IReadOnlyList<McpServerSpec> McpServers { get; init; } = [];

    /// <summary>Null when the model may start none.</summary>
    public SubagentsPlan? Subagents { get; init; }

    /// <summary>Models to go on with, in this order, when the one before stays unavailable.</summary>
    public IReadOnlyList<ModelChoice> FallbackModels { get; init; } = [];

    /// <summary>Tokens held by the model's context from which on the conversation is compacted.</summary>
    public required int CompactAtTokens { get; init; }

    /// <summary>What the structured answer must fit; null when none is asked for.</summary>
    public ResponseSchema? Response { get; init; }

    /// <summary>Instructions that the model may ask for.</summary>
    public IReadOnlyList<Skill> Skills { get; init; } = [];

    /// <summary>Whose outputs stand in the prompt.</summary>
    public IReadOnlyList<CommandScript> Scripts { get; init; } = [];

    /// <summary>What besides the task itself takes part, and what was refused.</summary>
    public IReadOnlyList<LoadedPart> Parts { get; init; } = [];

    /// <summary>Whether what is found in the workspace is its owner's word.</summary>
    public bool TrustsWorkspace { get; init; }

    /// <summary>What an earlier run left to go on from; null begins the task.</summary>
    public EarlierSession? Session { get; init; }

    /// <summary>How hard the model is to think; null leaves that to the provider.</summary>
    public Effort? Effort { get; init; }
}

/// <summary>A command that prepares the workspace; what it makes belongs to the base, never to the patch.</summary>
internal sealed record SetupStep(string Run)
{
    public NetworkAccess Network { get; init; } = NetworkAccess.None;

    /// <summary>Names only: the values are no part of a plan.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];
}

/// <summary>Caps on one task over all its rounds. Null is no cap.</summary>
internal sealed record TaskLimits(
    int MaxTurns,
    int MaxToolCalls,
    long? MaxOutputTokens,
    decimal? MaxCostUsd,
    TimeSpan Timeout,
    TimeSpan IdleTimeout,
    TimeSpan ToolTimeout,
    int MaxDenials
);

/// <param name="Rounds">How often the checks run, and red ones are fed back in between.</param>
/// <param name="Baseline">Whether the checks run before the agent begins.</param>
/// <param name="FlakyReruns">How often red checks are run again before they count.</param>
internal sealed record VerifyPlan(int Rounds, IReadOnlyList<Check> Checks, bool Baseline = false, int FlakyReruns = 0);

/// <summary>A command that judges the patched checkout.</summary>
/// <param name="Reports">Globs of the test reports that it writes; none are looked for without.</param>
internal sealed record Check(string Id, string Run, TimeSpan Timeout, MustWord Must, IReadOnlyList<string> Reports);

/// <summary>When the patch is applied to the checkout.</summary>
internal enum ApplyMode
{
    OnSuccess,
    Always,
    Never,
}
