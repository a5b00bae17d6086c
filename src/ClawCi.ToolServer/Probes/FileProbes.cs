namespace ClawCi.ToolServer.Probes;

/// <summary>Attempts to write where nothing may be written, and to reach what lies outside.</summary>
internal static class FileProbes
{
    private const long MountedReadOnly = 1;
    private const long MountedWithoutSetuid = 2;
    private const long MountedWithoutDevices = 4;
    private const int NoEntry = 2;
    private const int NotPermitted = 1;
    private const int AccessDenied = 13;
    private const int ReadOnlyFileSystem = 30;

    private static readonly string[] Doors = ["", "/proc/1/root", "/proc/1/cwd/../../..", "/..", "/dev/..", "/host"];
    private static readonly string[] Settings =
    [
        "/proc/sys/kernel/core_pattern",
        "/proc/sys/kernel/modprobe",
        "/proc/sysrq-trigger",
        "/proc/irq/default_smp_affinity",
    ];
    private static readonly string[] Memory = ["/proc/kcore", "/dev/mem", "/dev/kmem", "/dev/port"];
    private static readonly string[] RawNames =
    [
        "sd",
        "vd",
        "xvd",
        "nvme",
        "dm-",
        "loop",
        "md",
        "mem",
        "kmem",
        "port",
        "kmsg",
        "sg",
        "fuse",
    ];

    public static ProbeAnswer WriteRoot() => WriteBelow("/", "/etc", "/usr/bin");

    public static ProbeAnswer WriteToolServer()
    {
        var path = Environment.ProcessPath!;
        return ProbeAnswer.All([
            ("chmod", ProbeAnswer.Refused(Kernel.At(Kernel.ChangeMode, path, 0x1FF), ReadOnlyFileSystem)),
            ("create", WriteBelow(Path.GetDirectoryName(path)!)),
        ]);
    }

    public static ProbeAnswer WriteSys() =>
        WriteBelow(["/sys", .. MountTable.Read().Where(m => m.IsControlGroup).Select(m => m.Target)]);

    /// <summary>A file of the machine's, by its own path and by every door that leads out of a careless container.</summary>
    public static ProbeAnswer HostFile(string path) =>
        ProbeAnswer.All(
            Doors
                .Select(door => $"{door}{path}")
                .Select(full =>
                    (full, ProbeAnswer.Refused(Kernel.TryOpen(full, Kernel.ReadOnly), NoEntry, AccessDenied))
                )
        );

    public static ProbeAnswer BlockDevices()
    {
        var raw = Directory.EnumerateFiles("/dev", "*", SearchOption.AllDirectories).Where(IsRaw).ToList();
        return raw.Count == 0 ? ProbeAnswer.Held("there is none in /dev") : ProbeAnswer.Broken(string.Join(", ", raw));
    }

    /// <summary>Kernel settings that make the kernel run a program, or stop the machine.</summary>
    public static ProbeAnswer KernelSettings() =>
        ProbeAnswer.All(
            Settings
                .Where(File.Exists)
                .Select(path =>
                    (
                        path,
                        ProbeAnswer.Refused(
                            Kernel.TryOpen(path, Kernel.WriteOnly),
                            ReadOnlyFileSystem,
                            AccessDenied,
                            NotPermitted
                        )
                    )
                )
        );

    public static ProbeAnswer KernelMemory() => ProbeAnswer.All(Memory.Select(path => (path, Unreadable(path))));

    /// <summary>Where the agent may write, a setuid file and a device have no effect.</summary>
    public static ProbeAnswer SetuidPlaces(IEnumerable<string> places) =>
        ProbeAnswer.All(
            places.Select(place =>
                (
                    place,
                    Kernel.MountFlags(place) is not { } flags ? ProbeAnswer.Unknown("there is no such place")
                    : (flags & MountedWithoutSetuid) == 0 ? ProbeAnswer.Broken("setuid files have effect")
                    : (flags & MountedWithoutDevices) == 0 ? ProbeAnswer.Broken("devices have effect")
                    : ProbeAnswer.Held("nosuid, nodev")
                )
            )
        );

    /// <summary>The runner's own output directory, which lies in the workspace.</summary>
    public static ProbeAnswer HiddenDirectory(string path, string file) =>
        ProbeAnswer.All([
            ("read", ProbeAnswer.Refused(Kernel.TryOpen($"{path}/{file}", Kernel.ReadOnly), NoEntry)),
            ("write", WriteBelow(path)),
        ]);

    /// <summary>Both the error and the mount must say so: a refusal for want of rights alone would not hold for root.</summary>
    private static ProbeAnswer WriteBelow(params IEnumerable<string> directories) =>
        ProbeAnswer.All(
            directories
                .Where(Directory.Exists)
                .Select(directory =>
                {
                    var path = $"{directory.TrimEnd('/')}/claw-ci-probe";
                    var attempt = Kernel.TryOpen(path, Kernel.WriteOnly | Kernel.Create);
                    if (attempt.Succeeded)
                        Kernel.Delete(path);
                    var answer = ProbeAnswer.Refused(attempt, ReadOnlyFileSystem, AccessDenied, NotPermitted);
                    return (
                        directory,
                        answer.IsHeld && (Kernel.MountFlags(directory) & MountedReadOnly) == 0
                            ? ProbeAnswer.Broken($"not mounted read-only ({answer.Text})")
                            : answer
                    );
                })
        );

    private static ProbeAnswer Unreadable(string path)
    {
        var opened = Kernel.Open(path, Kernel.ReadOnly);
        if (!opened.Succeeded)
            return ProbeAnswer.Refused(opened, NoEntry, AccessDenied, NotPermitted);
        var read = Kernel.Read(opened.Result, new byte[1]);
        Kernel.Close(opened.Result);
        return read.Result == 0
            ? ProbeAnswer.Held("it is masked")
            : ProbeAnswer.Broken($"it can be opened{(read.Succeeded ? " and read" : "")}");
    }

    /// <summary>Whether the path names a disk or the machine's memory. By name: their kind needs a right to look at.</summary>
    private static bool IsRaw(string path) =>
        Path.GetFileName(path) is var name && RawNames.Any(raw => name.StartsWith(raw, StringComparison.Ordinal));
}
