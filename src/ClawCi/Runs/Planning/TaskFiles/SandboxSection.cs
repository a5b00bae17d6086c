using System.ComponentModel;
using ClawCi.Configuration;
using ClawCi.Sandboxes;

namespace ClawCi.Runs.Planning.TaskFiles;

/// <summary>The <c>sandbox</c> of a task file.</summary>
internal sealed record SandboxSection
{
    [Description("Image of the container, by tag or digest.")]
    [Text(TextFormat.Image)]
    public required string Image { get; init; }

    [Description("When the image is fetched. Default missing.")]
    public PullPolicy? Pull { get; init; }

    [Description("Where the workspace is in the container. Default /workspace.")]
    [Text(TextFormat.SandboxPath)]
    public string? Workspace { get; init; }

    [Description("uid or uid:gid of everything that runs. Default: the owner of the workspace.")]
    [Text(TextFormat.User)]
    public string? User { get; init; }

    [Description("Processors, fractions allowed. Default 2.")]
    [Between(0.1, 1024)]
    public double? Cpus { get; init; }

    [Description("Memory, swap included. Default 4Gi.")]
    public ByteSize? Memory { get; init; }

    [Description("Processes and threads. Default 512.")]
    [Between(16, 1_000_000)]
    public int? Pids { get; init; }

    [Description("Size of /tmp. Default 1Gi.")]
    public ByteSize? Tmp { get; init; }

    [Description("What setup, agent and checks may write to the disk together. Default 10Gi.")]
    public ByteSize? Disk { get; init; }

    [Description("Directories and files of this machine that the sandbox sees, always read-only.")]
    public IReadOnlyList<MountSection>? Mounts { get; init; }

    [Description("Environment of every command in the sandbox.")]
    [Keys(TextFormat.Variable)]
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    [Description("Commands that prepare the workspace. What they make is never part of the patch.")]
    public IReadOnlyList<SetupSection>? Setup { get; init; }

    [Description("What the container reaches: none, or hosts and bundles. Default none.")]
    public NetworkSetting? Network { get; init; }
}

/// <summary>One of <c>sandbox.mounts</c>.</summary>
internal sealed record MountSection
{
    [Description("On this machine: absolute, below ~, or relative to the task file.")]
    [Text(TextFormat.NotEmpty)]
    public required string Source { get; init; }

    [Description("In the container.")]
    [Text(TextFormat.SandboxPath)]
    public required string Target { get; init; }
}

/// <summary>One step of <c>sandbox.setup</c>.</summary>
internal sealed record SetupSection
{
    [Description("A shell command, run in the workspace.")]
    [Text(TextFormat.NotEmpty)]
    public required string Run { get; init; }

    [Description("What this step reaches. Default: what the sandbox reaches.")]
    public NetworkSetting? Network { get; init; }

    [Description("Names of secrets that this step finds in its environment, and nothing else does.")]
    [Text(TextFormat.Variable)]
    public IReadOnlyList<string>? Secrets { get; init; }
}
