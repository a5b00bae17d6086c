namespace ClawCi.Sandboxes.Probes;

/// <summary>Every probe, group by group. docs/guides/isolation.md says which promise each holds.</summary>
internal static class ProbeCatalog
{
    private const string Home = "/home/claw";

    public static IReadOnlyList<Probe> All { get; } =
    [
        Inside("files/image", "write to the image's file system", "write-root"),
        Inside("files/tool-server", "replace the tool server", "write-tool-server"),
        Inside("files/kernel-interfaces", "write to /sys and to control groups", "write-sys"),
        Inside("files/kernel-settings", "have the kernel run a program or stop the machine", "kernel-settings"),
        Inside("files/kernel-memory", "read the kernel's memory", "kernel-memory"),
        Inside("files/disks", "find the machine's disks", "block-devices"),
        Inside("files/setuid", "give a setuid file or a device effect", g => ["setuid-places", .. Writable]),
        Inside("files/host", "open a file of the machine's", g => ["host-file", g.Checkout.HostFile]),
        Inside("files/handle", "open a file by its inode, past every directory", "open-by-handle"),
        Inside("files/mounts", "find a mount that nobody asked for", MountProbe.Words),
        new("files/checkout", "write to the checkout", FileWatch.WriteToCheckoutAsync),
        Inside("processes/foreign", "see a process that is not the sandbox's", "foreign-process"),
        Inside("processes/namespaces", "share a namespace with the runner", g => ["namespaces", .. Namespaces()]),
        Inside("processes/join", "join the namespace of another process", "join-namespace"),
        Inside("processes/trace", "trace the tool server", "trace-server"),
        Inside("processes/memory", "read the tool server's memory and environment", "server-memory"),
        Inside("processes/forge", "answer in the tool server's name", "forge-answer"),
        new("processes/first", "kill the container's first process", ProcessWatch.KillFirstAsync),
        new("processes/server", "kill the tool server unnoticed", ProcessWatch.KillServerAsync),
        new("processes/outlive", "outlive a command that timed out", ProcessWatch.OutliveAsync),
        Narrow("resources/processes", "start processes without end", "fork-bomb"),
        new("resources/memory", "take more memory than the limit", ResourceWatch.MemoryAsync),
        Narrow("resources/processors", "take more processor time than the limit", "processors"),
        Narrow("resources/tmp", "fill the disk through /tmp", "fill", "/tmp", Large),
        Narrow("resources/home", "fill the disk through the home directory", "fill", Home, Large),
        Narrow("resources/run", "fill the disk through /run", "fill", "/run", Large),
        Narrow("resources/shared-memory", "fill the memory through /dev/shm", "fill", "/dev/shm", Large),
        new("resources/disk", "fill the disk through the workspace", ResourceWatch.DiskAsync),
        new("resources/output", "flood the runner with output", ResourceWatch.FloodAsync),
        Inside("resources/core", "leave a core dump", "core-dump"),
        Inside("resources/open-files", "open files without end", "open-files"),
        Inside("resources/oom", "be spared when memory runs out", "oom-score"),
        Inside("resources/priority", "go before other processes", "priority"),
        Inside("resources/real-time", "run in real time", "real-time"),
        Inside("network/interfaces", "find a network interface", "interfaces"),
        Inside("network/internet", "reach the internet", "connect", "1.1.1.1:443", "8.8.8.8:53"),
        Inside("network/internet-6", "reach the internet over IPv6", "connect", "[2606:4700:4700::1111]:443"),
        Inside(
            "network/metadata",
            "reach a cloud's metadata address",
            "connect",
            "169.254.169.254:80",
            "[fd00:ec2::254]:80",
            "168.63.129.16:80",
            "100.100.100.200:80"
        ),
        Inside("network/names", "ask a name server", "send", "8.8.8.8:53", "1.1.1.1:53", "169.254.169.253:53"),
        Inside("network/engine-names", "ask the container engine's name server", "connect", "127.0.0.11:53"),
        new("network/host", "reach a port of the runner's machine", NetworkWatch.HostPortAsync),
        new("network/abstract", "reach a socket of the machine's that has no file", NetworkWatch.AbstractSocketAsync),
        Inside("network/engine", "reach a container engine's socket", g => ["connect-socket", .. EngineSockets]),
        Inside("network/raw", "open a raw or packet socket", "raw-socket"),
        new("network/proxy-host", "reach a host that is not on the allow-list", ProxyWatch.HostAsync),
        new("network/proxy-address", "reach an address past the allow-list's names", ProxyWatch.AddressAsync),
        new("network/proxy-metadata", "reach a cloud's metadata through the proxy", ProxyWatch.MetadataAsync),
        new("network/proxy-private", "reach a private network by a name on the list", ProxyWatch.PrivateAsync),
        new("network/proxy-port", "reach another port of a host on the list", ProxyWatch.PortAsync),
        new("network/proxy-name", "reach another server behind a host on the list", ProxyWatch.ServerNameAsync),
        new("network/proxy-tls", "say anything but TLS through CONNECT", ProxyWatch.NotTlsAsync),
        new("network/past-proxy", "reach anything without the proxy", ProxyWatch.PastAsync),
        Inside("privileges/capabilities", "hold a capability", "capabilities"),
        Inside("privileges/new", "gain privileges from a file", "new-privileges"),
        Inside("privileges/filter", "call the kernel without a filter", "system-call-filter"),
        Inside("privileges/user", "become another user", "another-user"),
        Inside("privileges/group", "join another group", "another-group"),
        Inside("privileges/user-namespace", "become root in a user namespace", "user-namespace"),
        Inside("privileges/mount-namespace", "make a mount namespace", "mount-namespace"),
        Inside("privileges/mount", "mount a file system", "mount"),
        Inside("privileges/remount", "make the root writable", "remount-root"),
        Inside("privileges/unmount", "unmount what hides the kernel", "unmount"),
        Inside("privileges/pivot", "exchange the root", "pivot-root"),
        Inside("privileges/chroot", "change the root", "chroot"),
        Inside("privileges/device", "make a device", "make-device"),
        Inside("privileges/module", "load or unload a kernel module", "kernel-module"),
        Inside("privileges/kexec", "load another kernel", "kexec"),
        Inside("privileges/reboot", "restart the machine", "reboot"),
        Inside("privileges/clock", "set the clock", "set-clock"),
        Inside("privileges/host-name", "set the host name", "set-host-name"),
        Inside("privileges/swap", "use a file as swap", "swap-on"),
        Inside("privileges/accounting", "switch process accounting on", "accounting"),
        Inside("privileges/kernel-log", "read the kernel's log", "kernel-log"),
        Inside("privileges/bpf", "load a BPF program", "bpf"),
        Inside("privileges/perf", "measure other processes", "perf"),
        Inside("privileges/keyring", "reach the kernel's keyrings", "keyring"),
        Inside("privileges/userfault", "hold up the kernel with userfaultfd", "userfaultfd"),
        Inside("secrets/environment", "find the runner's environment", g => ["environments", g.Request.Canary]),
        Inside("secrets/files", "find a secret in any file that is not the image's", g => ["files", g.Request.Canary]),
        Inside("secrets/git", "read the checkout's git credentials", SecretWatch.GitConfig),
        Inside(
            "secrets/out",
            "look into the output directory, or write to it",
            g => ["hidden-directory", $"{ProbeCheckout.Workspace}/{ProbeCheckout.OutName}", "result.json"]
        ),
        Inside("secrets/host-name", "learn the machine's name", g => ["host-name", Environment.MachineName]),
        new("secrets/mask", "say a git credential that the runner would not mask", SecretWatch.IsMaskedAsync),
        new("cleanup/end", "leave something behind when the task ends", CleanupWatch.TaskEndAsync),
        new("cleanup/killed", "leave a container behind when the runner is killed", CleanupWatch.KilledAsync),
        new("cleanup/sweep", "leave anything behind that the next run does not sweep up", CleanupWatch.SweepAsync),
        new("patch/git-directory", "smuggle .git/hooks through the patch", PatchWatch.GitDirectoryAsync),
        new("patch/git-names", "smuggle .git through under another name", PatchWatch.GitNamesAsync),
        new("patch/programs", "run a program on the runner through git", PatchWatch.ProgramsAsync),
        new("patch/sabotage", "spoil the patch with attributes", PatchWatch.SabotageAsync),
        new("patch/symlink", "write outside through a symbolic link", PatchWatch.SymlinkAsync),
        new("patch/setuid", "deliver a setuid file", PatchWatch.SetuidAsync),
        new("patch/special", "deliver a fifo", PatchWatch.SpecialAsync),
        new("patch/hidden", "hide a file from the patch with an ignore rule", PatchWatch.HiddenAsync),
        new("patch/checks", "leave something for the checks to find", PatchWatch.ChecksAsync),
    ];

    /// <summary>Mebibytes: more than any of the small file systems holds.</summary>
    private const string Large = "128";

    private static string[] Writable => ["/tmp", "/run", "/dev/shm", Home, ProbeCheckout.Workspace];

    private static string[] EngineSockets =>
        [
            "/var/run/docker.sock",
            "/run/docker.sock",
            "/run/containerd/containerd.sock",
            "/run/podman/podman.sock",
            "/run/crio/crio.sock",
            "/run/buildkit/buildkitd.sock",
        ];

    private static IEnumerable<string> Namespaces() =>
        ((string[])["pid", "mnt", "ipc", "uts", "net"])
            .Select(name => new FileInfo($"/proc/self/ns/{name}").LinkTarget)
            .OfType<string>();

    private static Probe Inside(string id, string tries, params string[] words) => Inside(id, tries, _ => words);

    private static Probe Inside(string id, string tries, Func<ProbeGround, IReadOnlyList<string>> words) =>
        new(id, tries, async (ground, ct) => await (await ground.AgentAsync()).ProbeAsync(words(ground), ct));

    private static Probe Inside(string id, string tries, Func<ProbeGround, Task<IReadOnlyList<string>>> words) =>
        new(id, tries, async (ground, ct) => await (await ground.AgentAsync()).ProbeAsync(await words(ground), ct));

    private static Probe Narrow(string id, string tries, params string[] words) =>
        new(id, tries, async (ground, ct) => await (await ground.NarrowAsync()).ProbeAsync(words, ct));
}
