using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Docker;

/// <summary>The container that reads or counts what the agent left: the agent never ran in it, and nothing in it can be written to.</summary>
/// <param name="Command">Of the tool server, its verb first.</param>
internal sealed record WalkPlan(
    string Name,
    string ToolServer,
    string ToolServerVolume,
    IReadOnlyList<string> Command,
    IReadOnlyList<Mount> Layers,
    IReadOnlyDictionary<string, string> Labels
)
{
    public const string BaseTarget = "/l";
    public const string UpperTarget = "/u";
    public const string MergedTarget = "/m";
    public const string CheckoutTarget = "/c";
    public const string VolumeTarget = "/w";
    private const long MemoryBytes = 512 << 20;
    private const int Processes = 64;
    private const double Cpus = 2;

    /// <param name="hidden">Relative path of a directory that is not part of the workspace; null is none.</param>
    /// <param name="started">What changes in the checkout after that was not what the agent saw.</param>
    /// <param name="wasSetUp">The checkout itself is there to compare with.</param>
    /// <param name="isLinked">Git's index is in the volume, and not in the checkout.</param>
    public static IReadOnlyList<string> Arguments(string? hidden, DateTimeOffset? started, bool wasSetUp, bool isLinked)
    {
        List<string> arguments = ["walk", "--lower", BaseTarget, "--upper", UpperTarget, "--merged", MergedTarget];
        if (wasSetUp)
            arguments.AddRange(["--checkout", CheckoutTarget]);
        if (isLinked)
            arguments.AddRange(["--index", $"{VolumeTarget}/{TaskLayers.Index}"]);
        if (hidden is not null)
            arguments.AddRange(["--exclude", hidden]);
        if (started is { } time)
            arguments.AddRange(["--started", $"{time.ToUnixTimeMilliseconds()}"]);
        return arguments;
    }

    /// <summary>For the whole volume of a task's layers.</summary>
    public static IReadOnlyList<string> WatchArguments(long limit) =>
        ["watch", "--volume", VolumeTarget, "--limit", $"{limit}"];

    public CreateContainerParameters Parameters()
    {
        var host = ContainerPlan.Hardened(MemoryBytes, Processes, Cpus);
        // The agent may have left files that only their owner can read; reading is all this capability gives.
        host.CapAdd = ["DAC_READ_SEARCH"];
        host.Mounts = [.. Layers, ContainerPlan.ToolServerMount(ToolServerVolume)];
        return new CreateContainerParameters
        {
            Name = Name,
            Image = ScratchImage.Name,
            Entrypoint = [ToolServer, .. Command],
            Cmd = [],
            User = "0:0",
            WorkingDir = "/",
            Hostname = "sandbox",
            Labels = Labels.ToDictionary(),
            AttachStdin = true,
            AttachStdout = true,
            AttachStderr = true,
            OpenStdin = true,
            StdinOnce = true,
            StopTimeout = TimeSpan.FromSeconds(1),
            HostConfig = host,
        };
    }
}
