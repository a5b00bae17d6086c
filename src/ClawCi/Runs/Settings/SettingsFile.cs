using System.ComponentModel;
using System.Text.Json.Serialization;
using ClawCi.Configuration;
using ClawCi.Permissions;
using ClawCi.Runs.Planning;

namespace ClawCi.Runs.Settings;

/// <summary>A settings file as written. docs/formats/settings.md is its published form.</summary>
internal sealed record SettingsFile
{
    [Description("Version of this format: 1.")]
    [Between(1, 1)]
    public required int Version { get; init; }

    [Description("provider/name, for tasks that name none; for a scripted model scripted/FILE, relative to this file.")]
    [Text(TextFormat.Model)]
    public string? Model { get; init; }

    [Description("Limits of tasks that do not say otherwise; in the workspace's own file ceilings.")]
    public LimitsSection? Limits { get; init; }

    [Description("When conversations are compacted, for tasks that do not say.")]
    public CompactionSection? Compaction { get; init; }

    [Description("When patches are applied to the workspace, for tasks that do not say.")]
    public ApplyMode? Apply { get; init; }

    [Description("Reports that are made of every run besides: code-quality (GitLab's), sarif.")]
    public IReadOnlyList<ReportKind>? Reports { get; init; }

    [Description("Narrows what policy and tasks allow.")]
    public SettingsPermissions? Permissions { get; init; }

    [Description("Paths that no patch may touch.")]
    public ProtectedPathsSection? ProtectedPaths { get; init; }

    [Description("What patches must keep to besides.")]
    public GatesSection? Gates { get; init; }

    [Description("MCP servers of every task.")]
    [Keys(TextFormat.Server)]
    public IReadOnlyDictionary<string, McpServerSection>? McpServers { get; init; }

    [Description("Directories of plugins of every task, relative to this file.")]
    [Text(TextFormat.NotEmpty)]
    public IReadOnlyList<string>? Plugins { get; init; }

    [Description("Commands of the host that are asked or told at certain moments.")]
    public IReadOnlyList<HookSection>? Hooks { get; init; }
}

/// <summary>The <c>permissions</c> of settings.</summary>
[Refused("ask", "is not possible: nobody is there to answer. Write `deny`.")]
internal sealed record SettingsPermissions
{
    [Description("The most that a task may do when no rule says otherwise.")]
    public PermissionMode? Mode { get; init; }

    [Description("Tool calls that are denied, such as bash(git push:*) or edit_file(docs/**).")]
    [Text(TextFormat.NotEmpty)]
    public IReadOnlyList<string>? Deny { get; init; }

    [Description("Tool calls that are allowed; other calls of a tool that is named here are denied.")]
    [Text(TextFormat.NotEmpty)]
    public IReadOnlyList<string>? Allow { get; init; }
}

/// <summary>How a settings file is spelled: kebab-case keys and words.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    Converters = [
        typeof(KebabCaseEnumConverter<ApplyMode>),
        typeof(KebabCaseEnumConverter<ExecutableFiles>),
        typeof(KebabCaseEnumConverter<HookEvent>),
        typeof(KebabCaseEnumConverter<HookPlace>),
        typeof(KebabCaseEnumConverter<McpPlace>),
        typeof(KebabCaseEnumConverter<PermissionMode>),
        typeof(KebabCaseEnumConverter<ProtectedChange>),
        typeof(KebabCaseEnumConverter<ReportKind>),
    ]
)]
[JsonSerializable(typeof(SettingsFile))]
internal sealed partial class SettingsFileJson : JsonSerializerContext;
