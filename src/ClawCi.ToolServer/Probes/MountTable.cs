namespace ClawCi.ToolServer.Probes;

/// <summary>A mount of this sandbox's.</summary>
internal sealed record MountTable(string Target, string Type)
{
    public bool IsControlGroup => Type is "cgroup" or "cgroup2";

    /// <summary>Whether it shows what the kernel knows, rather than files.</summary>
    public bool IsKernels => IsControlGroup || Type is "proc" or "sysfs" or "mqueue" or "devpts";

    public static IEnumerable<MountTable> Read() =>
        File.ReadLines("/proc/self/mountinfo")
            .Select(line => line.Split(' '))
            .Select(fields => new MountTable(fields[4], fields[Array.IndexOf(fields, "-") + 1]));
}
