using System.ComponentModel;
using ClawCi.Configuration;
using ClawCi.Models;

namespace ClawCi.Runs.Planning.TaskFiles;

/// <summary>A task file as written. docs/formats/task.md is its published form.</summary>
[ExactlyOne("prompt", "prompt-file")]
internal sealed record TaskFile
{
    [Description("Version of this format: 1.")]
    [Between(1, 1)]
    public required int Version { get; init; }

    [Description("Short name of the task; its id and its directory are made of it.")]
    [Text(TextFormat.Name)]
    public required string Name { get; init; }

    [Description("What the task is for, for people. Templates such as $[[ run.id ]] are filled in.")]
    [Text(TextFormat.NotEmpty)]
    public string? Description { get; init; }

    [Description("Values that the caller gives, by name.")]
    [Keys(TextFormat.Input)]
    public IReadOnlyDictionary<string, InputSection>? Inputs { get; init; }

    [Description("Makes several tasks of this file, and says how they run beside each other.")]
    public StrategySection? Strategy { get; init; }

    [Description(
        "Directories and repositories that the task is done in, each a task of its own. Default: the run's workspace."
    )]
    public IReadOnlyList<TargetSection>? Targets { get; init; }

    [Description("provider/name; for a scripted model scripted/FILE, relative to this file.")]
    [Text(TextFormat.Model)]
    public string? Model { get; init; }

    [Description("Models to go on with, in this order, when the one before stays unavailable after all retries.")]
    [Text(TextFormat.Model)]
    public IReadOnlyList<string>? FallbackModels { get; init; }

    [Description("How hard the model thinks: low, medium or high. Default: the provider's.")]
    public Effort? Effort { get; init; }

    [Description("What the model is asked to do. Templates such as $[[ run.id ]] are filled in.")]
    [Text(TextFormat.NotEmpty)]
    public string? Prompt { get; init; }

    [Description("A file that holds the prompt, relative to this file.")]
    [Text(TextFormat.NotEmpty)]
    public string? PromptFile { get; init; }

    [Description("The container in which tools and checks run.")]
    public required SandboxSection Sandbox { get; init; }

    [Description("Narrows what the policy allows.")]
    public PermissionsSection? Permissions { get; init; }

    [Description("Caps on the task.")]
    public LimitsSection? Limits { get; init; }

    [Description("When old messages are shortened to fit the model's context.")]
    public CompactionSection? Compaction { get; init; }

    [Description("Paths that the patch may not touch, besides those that are always protected.")]
    public ProtectedPathsSection? ProtectedPaths { get; init; }

    [Description("What the patch must keep to besides.")]
    public GatesSection? Gates { get; init; }

    [Description("Commands that decide whether the task succeeded.")]
    public VerifySection? Verify { get; init; }

    [Description("Whether a task without changes has failed. Default true, and false with a response.")]
    public bool? ExpectChanges { get; init; }

    [Description("A structured answer that the model hands in.")]
    public ResponseSection? Response { get; init; }

    [Description("When the patch is applied to the workspace. Default on-success.")]
    public ApplyMode? Apply { get; init; }

    [Description("When the task is tried again from its beginning. Default: never.")]
    public RetrySection? Retry { get; init; }

    [Description("MCP servers whose tools the model may use, where a policy grants them.")]
    [Keys(TextFormat.Server)]
    public IReadOnlyDictionary<string, McpServerSection>? McpServers { get; init; }

    [Description("Directories of plugins, relative to this file: commands, skills, hooks and MCP servers.")]
    [Text(TextFormat.NotEmpty)]
    public IReadOnlyList<string>? Plugins { get; init; }

    [Description("Directories of the workspace that hold skills. Default .claw/skills and .claude/skills.")]
    [Text(TextFormat.WorkspacePath)]
    public IReadOnlyList<string>? Skills { get; init; }

    [Description("Lets the model give parts of the work to agents with conversations of their own.")]
    public SubagentsSection? Subagents { get; init; }

    [Description("Files of the workspace that the model is shown if they exist. Default AGENTS.md and CLAUDE.md.")]
    [Text(TextFormat.WorkspacePath)]
    public IReadOnlyList<string>? ContextFiles { get; init; }
}
