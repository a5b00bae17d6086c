using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Docker;

/// <summary>Compares what the daemon made with what it was asked for: daemons drop what they cannot do, with a warning nobody reads.</summary>
internal static class Hardening
{
    /// <summary>Empty when every property holds; otherwise one sentence for each that does not.</summary>
    public static IReadOnlyList<string> Differences(CreateContainerParameters asked, ContainerInspectResponse made)
    {
        List<string> differences = [];
        var mounts = asked.HostConfig!.Mounts ?? [];
        void Expect(bool holds, string otherwise)
        {
            if (!holds)
                differences.Add(otherwise);
        }
        var want = asked.HostConfig;
        var have = made.HostConfig ?? new HostConfig();
        var networks = made.NetworkSettings?.Networks?.Keys ?? [];
        Expect(have.NetworkMode == "none" && networks.All(name => name == "none"), "it has a network");
        Expect(!have.Privileged, "it is privileged");
        Expect(have.CapDrop?.Contains("ALL") == true, "its capabilities are not dropped");
        Expect(SameSet(want.CapAdd, have.CapAdd), "it has capabilities nobody asked for");
        Expect(
            have.SecurityOpt?.Any(option => option.StartsWith("no-new-privileges", StringComparison.Ordinal)) == true
                && !have.SecurityOpt.Any(option => option.Contains("unconfined", StringComparison.Ordinal)),
            "its security options are not in force"
        );
        Expect(have.ReadonlyRootfs, "its root is writable");
        Expect(made.Config?.User == asked.User, $"its user is '{made.Config?.User}'");
        Expect(have.Memory == want.Memory, "its memory is not limited");
        // -1 is a kernel that cannot count swap: memory itself is still bound.
        Expect(have.MemorySwap == want.MemorySwap || have.MemorySwap == -1, "its swap is not limited");
        Expect(have.NanoCPUs == want.NanoCPUs, "its processors are not limited");
        Expect(have.PidsLimit == want.PidsLimit, "its processes are not limited");
        Expect(have.PidMode is null or "" or "private", "it shares a pid namespace");
        Expect(have.IpcMode is null or "" or "private", "it shares an ipc namespace");
        Expect(have.UTSMode is null or "", "it shares a uts namespace");
        Expect(have.UsernsMode is not "host" || want.UsernsMode == "host", "it left the user namespace");
        Expect(have.Devices is null or { Count: 0 }, "it has devices");
        Expect((have.Binds ?? []).Count == 0, "it has binds nobody asked for");
        foreach (var mount in made.Mounts ?? [])
        {
            var asking = mounts.FirstOrDefault(m => m.Target == mount.Destination);
            Expect(asking is not null, $"something is mounted at {mount.Destination}");
            Expect(asking?.ReadOnly != true || !mount.RW, $"{mount.Destination} is writable");
        }
        foreach (var mount in mounts)
            Expect(
                made.Mounts?.Any(m => m.Destination == mount.Target) == true,
                $"nothing is mounted at {mount.Target}"
            );
        return differences;
    }

    private static bool SameSet(IList<string>? asked, IList<string>? made) =>
        (asked ?? []).Order(StringComparer.Ordinal).SequenceEqual((made ?? []).Order(StringComparer.Ordinal));
}
