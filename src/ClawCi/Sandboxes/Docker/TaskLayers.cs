using System.Formats.Tar;
using ClawCi.Sandboxes.Workspaces;
using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Docker;

/// <summary>
/// One task's layers in one volume: <c>lower</c>, a symbolic link to the checkout (so that no character of its path
/// means anything in a mount option) or, for a daemon that cannot see it, a copy; and a pair of directories for each
/// layer above.
/// </summary>
/// <param name="Root">The volume's directory on the daemon's side.</param>
internal sealed record TaskLayers(string Volume, string Root, CheckoutLocation Checkout)
{
    public const string Setup = "setup";
    public const string Agent = "agent";

    /// <summary>A copy of git's index, where the checkout is a linked work tree.</summary>
    public const string Index = "index";
    private const int MaxIndexBytes = 64 << 20;
    private static readonly char[] Meaningful = [',', ':', '\\', '\n'];

    public static async Task<TaskLayers> CreateAsync(
        DockerEngine engine,
        string volume,
        CheckoutLocation checkout,
        IDictionary<string, string> labels
    )
    {
        var created = await engine.CallAsync(
            "create a volume",
            (client, token) =>
                client.Volumes.CreateAsync(new VolumesCreateParameters { Name = volume, Labels = labels }, token),
            CancellationToken.None
        );
        if (created.Mountpoint.IndexOfAny(Meaningful) >= 0)
        {
            await Removal.VolumeAsync(engine, volume);
            throw new SandboxException(
                SandboxFailure.Daemon,
                $"Docker keeps its volumes at {created.Mountpoint}, a path that cannot be said in a mount option. "
                    + "Give the daemon a data-root without commas, colons and backslashes."
            );
        }
        return new TaskLayers(volume, created.Mountpoint, checkout);
    }

    /// <summary>Those of a volume that is there.</summary>
    /// <exception cref="SandboxException">It is not.</exception>
    public static async Task<TaskLayers> FindAsync(
        DockerEngine engine,
        string volume,
        CheckoutLocation checkout,
        CancellationToken ct
    )
    {
        var found = await engine.CallAsync(
            "find a volume",
            (client, token) => client.Volumes.InspectAsync(volume, token),
            ct
        );
        return new TaskLayers(volume, found.Mountpoint, checkout);
    }

    /// <summary>The workspace as a container sees it: the checkout, what setup made, and the layer it writes to.</summary>
    public Mount Workspace(string target, string layer, IDictionary<string, string> labels) =>
        Overlay.Mount(target, layer == Setup ? [Lower] : [SetupUpper, Lower], $"{Root}/{layer}", labels);

    /// <summary>What the agent started from.</summary>
    public Mount Base(string target, IDictionary<string, string> labels) =>
        Overlay.Mount(target, [SetupUpper, Lower], layer: null, labels);

    /// <summary>What the agent left, as it saw it; nobody can write to it any more.</summary>
    public Mount Merged(string target, IDictionary<string, string> labels) =>
        Overlay.Mount(target, [$"{Root}/{Agent}/upper", SetupUpper, Lower], layer: null, labels);

    /// <summary>All layers, to be counted.</summary>
    public Mount All(string target) =>
        new()
        {
            Type = "volume",
            Source = Volume,
            Target = target,
            ReadOnly = true,
            VolumeOptions = new VolumeOptions { NoCopy = true },
        };

    /// <summary>The agent's own layer.</summary>
    public Mount AgentUpper(string target) => ReadOnly($"{Root}/{Agent}/upper", target);

    /// <summary>The checkout, or its copy, with nothing above it.</summary>
    public Mount Own(string target) => ReadOnly(Checkout.DaemonPath ?? Lower, target);

    /// <summary>The link and the first two layers; what must be hidden goes below the agent's.</summary>
    public void WriteFirst(TarWriter tar, SanitizedGitConfig gitConfig)
    {
        if (Checkout.DaemonPath is { } path)
            tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "lower") { LinkName = path });
        WriteLayer(tar, Setup);
        GitConfigSeed.Write(tar, $"{Setup}/upper", Checkout.Path, gitConfig);
        WriteLayer(tar, Agent);
        if (IsLinked && BaseCommit.Index(Checkout.Path, MaxIndexBytes) is { } index)
            tar.WriteEntry(
                new PaxTarEntry(TarEntryType.RegularFile, Index)
                {
                    Mode = UnixFileMode.UserRead,
                    DataStream = new MemoryStream(index),
                }
            );
    }

    /// <summary>The merged root takes owner and mode from the upper's: they must be the checkout's, or nobody could write there.</summary>
    public void WriteLayer(TarWriter tar, string layer)
    {
        tar.WriteEntry(Directory(layer, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
        var upper = Directory($"{layer}/upper", (UnixFileMode)(Checkout.Root.Permissions | Checkout.Root.SpecialBits));
        upper.Uid = (int)Checkout.Root.User;
        upper.Gid = (int)Checkout.Root.Group;
        tar.WriteEntry(upper);
        tar.WriteEntry(Directory($"{layer}/work", UnixFileMode.None));
    }

    /// <summary>Whether git's index is not in the checkout.</summary>
    public bool IsLinked => BaseCommit.LinkedIndex(Checkout.Path) is not null;

    private string Lower => $"{Root}/lower";

    private string SetupUpper => $"{Root}/{Setup}/upper";

    private static Mount ReadOnly(string source, string target) =>
        new()
        {
            Type = "bind",
            Source = source,
            Target = target,
            ReadOnly = true,
        };

    private static PaxTarEntry Directory(string name, UnixFileMode mode) =>
        new(TarEntryType.Directory, name) { Mode = mode };
}
