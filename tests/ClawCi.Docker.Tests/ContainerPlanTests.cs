using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClawCi.Sandboxes;
using ClawCi.Sandboxes.Docker;
using ClawCi.TestSupport;
using Docker.DotNet.Models;
using Xunit;

namespace ClawCi.Docker.Tests;

/// <summary>The approved files are the hardening: a change in them is a decision.</summary>
public sealed class ContainerPlanTests
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    private static readonly Dictionary<string, string> Marks = new() { ["claw-ci"] = "task" };

    [Fact]
    public void The_sandbox_of_a_task() => Golden.Matches(Text(Plan().Parameters()), "json");

    [Fact]
    public void The_container_that_reads_the_changes() =>
        Golden.Matches(
            Text(
                new WalkPlan(
                    "claw-ci-name",
                    "/claw/0/claw-toolserver",
                    "claw-ci-toolserver-0",
                    WalkPlan.Arguments("claw-ci-out", DateTimeOffset.UnixEpoch, wasSetUp: false, isLinked: false),
                    [
                        Overlay.Mount("/l", ["/v/setup/upper", "/v/lower"], null, Marks),
                        new Mount
                        {
                            Type = "bind",
                            Source = "/v/agent/upper",
                            Target = "/u",
                            ReadOnly = true,
                        },
                        Overlay.Mount("/m", ["/v/agent/upper", "/v/setup/upper", "/v/lower"], null, Marks),
                    ],
                    Marks
                ).Parameters()
            ),
            "json"
        );

    [Fact]
    public void What_the_daemon_made_as_asked_has_no_differences() =>
        Assert.Empty(Hardening.Differences(Plan().Parameters(), Made(_ => { })));

    public static TheoryData<string, Action<ContainerInspectResponse>> Weakened() =>
        new()
        {
            { "it has a network", made => made.HostConfig!.NetworkMode = "bridge" },
            { "it has a network", made => made.NetworkSettings!.Networks!["bridge"] = new EndpointSettings() },
            { "it is privileged", made => made.HostConfig!.Privileged = true },
            { "its capabilities are not dropped", made => made.HostConfig!.CapDrop = [] },
            { "it has capabilities nobody asked for", made => made.HostConfig!.CapAdd = ["NET_ADMIN"] },
            { "its security options are not in force", made => made.HostConfig!.SecurityOpt = [] },
            {
                "its security options are not in force",
                made => made.HostConfig!.SecurityOpt = ["no-new-privileges", "seccomp=unconfined"]
            },
            { "its root is writable", made => made.HostConfig!.ReadonlyRootfs = false },
            { "its user is 'root'", made => made.Config!.User = "root" },
            { "its memory is not limited", made => made.HostConfig!.Memory = 0 },
            { "its swap is not limited", made => made.HostConfig!.MemorySwap = 0 },
            { "its processors are not limited", made => made.HostConfig!.NanoCPUs = 0 },
            { "its processes are not limited", made => made.HostConfig!.PidsLimit = null },
            { "it shares a pid namespace", made => made.HostConfig!.PidMode = "host" },
            { "it shares an ipc namespace", made => made.HostConfig!.IpcMode = "host" },
            { "it shares a uts namespace", made => made.HostConfig!.UTSMode = "host" },
            { "it left the user namespace", made => made.HostConfig!.UsernsMode = "host" },
            { "it has devices", made => made.HostConfig!.Devices = [new DeviceMapping()] },
            { "it has binds nobody asked for", made => made.HostConfig!.Binds = ["/:/host"] },
            { "/claw is writable", made => made.Mounts!.Single(m => m.Destination == "/claw").RW = true },
            { "something is mounted at /x", made => made.Mounts!.Add(new MountPoint { Destination = "/x" }) },
            {
                "nothing is mounted at /workspace",
                made => made.Mounts!.Remove(made.Mounts.Single(m => m.Destination == "/workspace"))
            },
        };

    [Theory]
    [MemberData(nameof(Weakened), DisableDiscoveryEnumeration = true)]
    public void What_the_daemon_left_out_is_named(string difference, Action<ContainerInspectResponse> weaken) =>
        Assert.Equal([difference], Hardening.Differences(Plan().Parameters(), Made(weaken)));

    private static ContainerPlan Plan() =>
        new(
            "claw-ci-name",
            new SandboxSpec(
                "debian:12",
                PullPolicy.Missing,
                "/workspace",
                User: null,
                Cpus: 1.5,
                MemoryBytes: 4L << 30,
                Pids: 512,
                TmpBytes: 1L << 30,
                new Dictionary<string, string> { ["PAGER"] = "less", ["MINE"] = "1" }
            ),
            new ResolvedImage(new SandboxImage("debian:12", "sha256:0", null, "amd64"), ["/data", "/workspace"]),
            "1000:1001",
            "/claw/0/claw-toolserver",
            "claw-ci-toolserver-0",
            Overlay.Mount("/workspace", ["/v/setup/upper", "/v/lower"], "/v/agent", Marks),
            "claw-ci-out",
            ContainerPlan.Replay,
            Marks
        );

    private static ContainerInspectResponse Made(Action<ContainerInspectResponse> weaken)
    {
        var asked = Plan().Parameters();
        var made = new ContainerInspectResponse
        {
            HostConfig = asked.HostConfig,
            Config = new ContainerConfig { User = asked.User },
            NetworkSettings = new NetworkSettings
            {
                Networks = new Dictionary<string, EndpointSettings> { ["none"] = new() },
            },
            Mounts =
            [
                .. asked.HostConfig!.Mounts!.Select(mount => new MountPoint
                {
                    Destination = mount.Target!,
                    RW = mount.ReadOnly != true,
                }),
            ],
        };
        weaken(made);
        return made;
    }

    private static string Text(CreateContainerParameters parameters) =>
        JsonSerializer.Serialize(parameters, Readable) + "\n";
}
