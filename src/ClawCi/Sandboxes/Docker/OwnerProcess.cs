namespace ClawCi.Sandboxes.Docker;

/// <summary>A process that can be told from any other: boot, pid namespace, pid, and start time in clock ticks.</summary>
internal sealed record OwnerProcess(string Boot, string Namespace, int Pid, long Started)
{
    private static readonly Lazy<OwnerProcess> Self = new(() =>
        new OwnerProcess(
            File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(),
            new FileInfo("/proc/self/ns/pid").LinkTarget ?? "",
            Environment.ProcessId,
            StartOf(Environment.ProcessId) ?? 0
        )
    );

    public static OwnerProcess Current => Self.Value;

    public static OwnerProcess? Parse(string? text) =>
        text?.Split(' ') is [var boot, var space, var pid, var started]
        && int.TryParse(pid, out var id)
        && long.TryParse(started, out var start)
            ? new OwnerProcess(boot, space, id, start)
            : null;

    /// <summary>Null when it cannot be known from here: another machine, or another container's processes.</summary>
    public bool? IsAlive() => Boot == Current.Boot && Namespace == Current.Namespace ? StartOf(Pid) == Started : null;

    public override string ToString() => $"{Boot} {Namespace} {Pid} {Started}";

    private static long? StartOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // The name in parentheses may hold anything, so count from its end: state is field 3, the start time field 22.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : long.Parse(fields[19]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
