using System.ComponentModel;
using System.Text.Json.Serialization;
using ClawCi.Configuration;

namespace ClawCi.Permissions;

/// <summary>A policy file as written. docs/formats/policy.md is its published form.</summary>
internal sealed record PolicyFile
{
    [Description("Version of this format: 1.")]
    [Between(1, 1)]
    public required int Version { get; init; }

    [Description(
        "What a task may do when no rule says otherwise, and the most it may be granted. Default workspace-write."
    )]
    public PermissionMode? Mode { get; init; }

    [Description(
        "docker: the agent is always in a container, and --sandbox none is refused. Default: the caller's choice."
    )]
    public PolicySandbox? Sandbox { get; init; }

    [Description("Ceilings: a task's own limits hold when they are lower.")]
    public LimitsSection? Limits { get; init; }

    [Description("Paths that no patch may touch, in every task under this policy.")]
    public ProtectedPathsSection? ProtectedPaths { get; init; }

    [Description("Ceilings: a task's own gates hold when they are stricter.")]
    public GatesSection? Gates { get; init; }

    [Description("Images that tasks may use, as patterns such as mcr.microsoft.com/dotnet/**. Default: all.")]
    [Text(TextFormat.Glob)]
    public IReadOnlyList<string>? Images { get; init; }

    [Description("Commands of the host that are asked or told at certain moments.")]
    public IReadOnlyList<HookSection>? Hooks { get; init; }

    [Description("The most that a task's containers may reach. Without it: what the task says.")]
    public NetworkCeiling? Network { get; init; }

    [Description("Whether a task may have sandbox.mounts. false in any policy forbids them.")]
    public bool? Mounts { get; init; }

    [Description("Their order is irrelevant: deny wins.")]
    public IReadOnlyList<PolicyRule>? Rules { get; init; }
}

/// <summary>What a policy may insist on.</summary>
internal enum PolicySandbox
{
    Docker,
}

/// <summary>One of a policy's <c>rules</c>, as written.</summary>
[Refused("ask", "is not possible: nobody is there to answer. Write `allow` or `deny`.")]
[ExactlyOne("allow", "deny")]
internal sealed record PolicyRule
{
    [Description("Names the rule in decisions. Default rule-N, N its place in the list.")]
    [Text(TextFormat.Id)]
    public string? Id { get; init; }

    [Description("Tools, or calls such as Bash(git status:*). Other calls of these tools are denied.")]
    [Text(TextFormat.NotEmpty)]
    public OneOrMore? Allow { get; init; }

    [Description("Tools, or calls such as Bash(curl:*). A tool without command or paths is taken away altogether.")]
    [Text(TextFormat.NotEmpty)]
    public OneOrMore? Deny { get; init; }

    [Description("First words of a bash command; a nested list means alternatives.")]
    public CommandWords? Command { get; init; }

    [Description("Path patterns relative to the workspace, for read_file, write_file and edit_file; ! excepts.")]
    [Text(TextFormat.Glob)]
    public IReadOnlyList<string>? Paths { get; init; }

    [Description("Of mcp: the MCP server. Default: all.")]
    [Text(TextFormat.Server)]
    public string? Server { get; init; }

    [Description("Of mcp: tools of the server. Default: all.")]
    [Text(TextFormat.NotEmpty)]
    public IReadOnlyList<string>? Tools { get; init; }

    [Description("What the model is told when the rule denies a call.")]
    [Text(TextFormat.NotEmpty)]
    public string? Message { get; init; }

    [Description("Commands or paths, checked when the policy is read.")]
    public RuleExamples? Examples { get; init; }
}

/// <summary>What a rule must and must not match.</summary>
internal sealed record RuleExamples
{
    [Description("Commands or paths that the rule matches.")]
    [Text(TextFormat.NotEmpty)]
    public IReadOnlyList<string>? Match { get; init; }

    [Description("Commands or paths that it does not.")]
    [Text(TextFormat.NotEmpty)]
    public IReadOnlyList<string>? NoMatch { get; init; }
}

/// <summary>How a policy file is spelled: kebab-case keys and words.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    Converters = [
        typeof(KebabCaseEnumConverter<ExecutableFiles>),
        typeof(KebabCaseEnumConverter<HookEvent>),
        typeof(KebabCaseEnumConverter<HookPlace>),
        typeof(KebabCaseEnumConverter<PermissionMode>),
        typeof(KebabCaseEnumConverter<PolicySandbox>),
        typeof(KebabCaseEnumConverter<ProtectedChange>),
    ]
)]
[JsonSerializable(typeof(PolicyFile))]
internal sealed partial class PolicyFileJson : JsonSerializerContext;
