using System.Globalization;

namespace ClawCi.ToolServer.Commands;

/// <summary>
/// What the kernel says of the sandbox's memory limit. Docker does not tell when a process other than the main one was
/// killed by it: neither a flag nor an event.
/// </summary>
internal static class MemoryLimit
{
    private const string Counter = "oom_kill ";

    /// <summary>The control group's own root as a container sees it, in version 2 and 1.</summary>
    private static readonly string? File = (
        (string[])["/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"]
    ).FirstOrDefault(System.IO.File.Exists);

    /// <summary>Processes killed so far; zero where nobody counts.</summary>
    public static long Kills()
    {
        if (File is null)
            return 0;
        try
        {
            foreach (var line in System.IO.File.ReadLines(File))
            {
                if (line.StartsWith(Counter, StringComparison.Ordinal))
                    return long.Parse(line[Counter.Length..], CultureInfo.InvariantCulture);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No count is no reason to lose an answer.
        }
        return 0;
    }
}
