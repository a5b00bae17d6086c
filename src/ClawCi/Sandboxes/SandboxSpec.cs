using System.Text.Json.Serialization;
using ClawCi.Sandboxes.Egress;

namespace ClawCi.Sandboxes;

/// <summary>What the sandbox of a task is made of.</summary>
/// <param name="Image">Tag or digest, as the task names it.</param>
/// <param name="Workspace">Absolute path of the workspace inside the container.</param>
/// <param name="User"><c>uid[:gid]</c>; null is the owner of the checkout.</param>
/// <param name="MemoryBytes">Also the cap on memory plus swap.</param>
/// <param name="TmpBytes">Size of the tmpfs at /tmp.</param>
internal sealed record SandboxSpec(
    string Image,
    PullPolicy Pull,
    string Workspace,
    string? User,
    double Cpus,
    long MemoryBytes,
    int Pids,
    long TmpBytes,
    IReadOnlyDictionary<string, string> Env
)
{
    /// <summary>Two weeks: what a tool server takes.</summary>
    private const double MostLifetimeSeconds = 14 * 24 * 60 * 60;

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public SandboxKind Kind { get; init; }

    /// <summary>The runner's PATH, which commands get where there is no image with one of its own.</summary>
    public string? SearchPath { get; init; }

    /// <summary>What agent and checks may reach; a setup step may have its own.</summary>
    public NetworkAccess Network { get; init; } = NetworkAccess.None;

    /// <summary>After which a tool server ends by itself, whatever has become of the runner.</summary>
    [JsonIgnore]
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(2);

    /// <summary>The same as the tool server's argument.</summary>
    [JsonIgnore]
    public string LifetimeSeconds => $"{(long)Math.Clamp(Math.Ceiling(Lifetime.TotalSeconds), 1, MostLifetimeSeconds)}";

    /// <summary>What setup, agent and checks may write to the disk together.</summary>
    public long DiskBytes { get; init; } = 10L << 30;

    public IReadOnlyList<SandboxMount> Mounts { get; init; } = [];
}

/// <summary>When the image is fetched from its registry.</summary>
internal enum PullPolicy
{
    Missing,
    Always,
    Never,
}
