using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Docker;

/// <summary>From what a task wants to what the daemon is asked for. Pure: the hardening is what this function says.</summary>
/// <param name="User"><c>uid:gid</c>, always both.</param>
/// <param name="ToolServer">Path of the executable below <see cref="ToolServerVolume.Target"/>.</param>
/// <param name="ToolServerVolume">Name of the volume that holds it.</param>
/// <param name="HiddenDirectory">Relative to the workspace: covered by an empty file system. Null hides nothing.</param>
/// <param name="First">What the tool server waits for before it serves; null when for nothing.</param>
internal sealed record ContainerPlan(
    string Name,
    SandboxSpec Spec,
    ResolvedImage Image,
    string User,
    string ToolServer,
    string ToolServerVolume,
    Mount Workspace,
    string? HiddenDirectory,
    string? First,
    IReadOnlyDictionary<string, string> Labels
)
{
    public const string Home = "/home/claw";

    /// <summary>A change set.</summary>
    public const string Replay = "--replay";

    /// <summary>A patch.</summary>
    public const string Patch = "--patch";

    private const long HiddenBytes = 4096;
    private const long RunBytes = 16 << 20;
    private const long ShmBytes = 64 << 20;
    private const int OpenFiles = 16384;

    /// <summary>Out of memory, the sandbox goes before anything else on the machine.</summary>
    private const int OomScore = 500;

    /// <summary>No program in a sandbox has anybody to ask.</summary>
    public static readonly IReadOnlyDictionary<string, string> NonInteractive = new Dictionary<string, string>
    {
        ["CI"] = "true",
        ["DEBIAN_FRONTEND"] = "noninteractive",
        ["EDITOR"] = "true",
        ["GIT_CONFIG_COUNT"] = "1",
        ["GIT_CONFIG_KEY_0"] = "safe.directory",
        ["GIT_CONFIG_VALUE_0"] = "*",
        ["GIT_EDITOR"] = "true",
        ["GIT_PAGER"] = "cat",
        ["GIT_TERMINAL_PROMPT"] = "0",
        ["HOME"] = Home,
        ["NO_COLOR"] = "1",
        ["PAGER"] = "cat",
        ["TERM"] = "dumb",
    };

    public CreateContainerParameters Parameters() =>
        new()
        {
            Name = Name,
            Image = Image.Image.Id,
            Entrypoint = Command(),
            Cmd = [],
            User = User,
            WorkingDir = Spec.Workspace,
            Env = Environment(),
            Hostname = "sandbox",
            Labels = Labels.ToDictionary(),
            AttachStdin = true,
            AttachStdout = true,
            AttachStderr = true,
            OpenStdin = true,
            StdinOnce = true,
            Healthcheck = new HealthcheckConfig { Test = ["NONE"] },
            StopTimeout = TimeSpan.FromSeconds(1),
            HostConfig = Host(),
        };

    private HostConfig Host()
    {
        var host = Hardened(Spec.MemoryBytes, Spec.Pids, Spec.Cpus);
        host.OomScoreAdj = OomScore;
        host.ShmSize = ShmBytes;
        host.Tmpfs = Tmpfs();
        host.Mounts = [Workspace, ToolServerMount(ToolServerVolume), .. ImageVolumes(), .. Spec.Mounts.Select(Bind)];
        return host;
    }

    /// <summary>What every container of ours is under, whatever runs in it.</summary>
    public static HostConfig Hardened(long memory, int pids, double cpus) =>
        new()
        {
            NetworkMode = "none",
            IpcMode = "private",
            CgroupnsMode = "private",
            CapDrop = ["ALL"],
            SecurityOpt = ["no-new-privileges"],
            ReadonlyRootfs = true,
            Init = true,
            AutoRemove = true,
            LogConfig = new LogConfig { Type = "none" },
            Memory = memory,
            MemorySwap = memory,
            PidsLimit = pids,
            NanoCPUs = (long)(cpus * 1_000_000_000),
            Ulimits =
            [
                new Ulimit
                {
                    Name = "nofile",
                    Soft = OpenFiles,
                    Hard = OpenFiles,
                },
                new Ulimit
                {
                    Name = "core",
                    Soft = 0,
                    Hard = 0,
                },
            ],
        };

    public static Mount ToolServerMount(string volume) =>
        new()
        {
            Type = "volume",
            Source = volume,
            Target = Docker.ToolServerVolume.Target,
            ReadOnly = true,
            VolumeOptions = new VolumeOptions { NoCopy = true },
        };

    /// <summary>Without what is mounted below it, which read-only would not reach.</summary>
    private static Mount Bind(SandboxMount mount) =>
        new()
        {
            Type = "bind",
            Source = mount.Source,
            Target = mount.Target,
            ReadOnly = true,
            BindOptions = new BindOptions { NonRecursive = true, Propagation = "rprivate" },
        };

    private List<string> Command()
    {
        List<string> command = [ToolServer, "serve", "--workspace", Spec.Workspace, "--lifetime", Spec.LifetimeSeconds];
        if (First is not null)
            command.Add(First);
        return command;
    }

    private List<string> Environment() =>
        [
            .. NonInteractive
                .Where(entry => !Spec.Env.ContainsKey(entry.Key))
                .Concat(Spec.Env)
                .OrderBy(entry => entry.Key, StringComparer.Ordinal)
                .Select(entry => $"{entry.Key}={entry.Value}"),
        ];

    private Dictionary<string, string> Tmpfs()
    {
        var owner = User.Split(':');
        var tmpfs = new Dictionary<string, string>
        {
            ["/tmp"] = $"rw,exec,nosuid,nodev,size={Spec.TmpBytes},mode=1777",
            ["/run"] = $"rw,noexec,nosuid,nodev,size={RunBytes},mode=1777",
            [Home] = $"rw,exec,nosuid,nodev,size={Spec.TmpBytes},mode=0700,uid={owner[0]},gid={owner[1]}",
        };
        if (HiddenDirectory is not null)
            tmpfs[$"{Spec.Workspace}/{HiddenDirectory}"] = $"ro,noexec,nosuid,nodev,size={HiddenBytes},mode=0555";
        return tmpfs;
    }

    /// <summary>The volumes an image asks for would be storage without a bound: they become part of what /tmp may hold.</summary>
    private IEnumerable<Mount> ImageVolumes() =>
        Image
            .Volumes.Where(path =>
                path != Spec.Workspace
                && Spec.Mounts.All(mount => mount.Target != path)
                && path is not ("/tmp" or "/run" or Home)
            )
            .Order(StringComparer.Ordinal)
            .Select(path => new Mount
            {
                Type = "tmpfs",
                Target = path,
                TmpfsOptions = new TmpfsOptions { SizeBytes = Spec.TmpBytes, Mode = 0x3FF },
            });
}
