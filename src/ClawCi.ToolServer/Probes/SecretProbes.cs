using System.Text;

namespace ClawCi.ToolServer.Probes;

/// <summary>Attempts to find what the runner knows and the sandbox must not.</summary>
internal static class SecretProbes
{
    private const int LargestFile = 4 << 20;
    private static readonly string[] EnginesOwn = ["/proc", "/dev", "/sys"];

    /// <summary>A word that stands in the environment of every process that is the runner's.</summary>
    public static ProbeAnswer Environments(string canary)
    {
        var own = Encoding.UTF8.GetBytes(canary);
        var processes = Directory.EnumerateDirectories("/proc").Where(path => char.IsDigit(Path.GetFileName(path)[0]));
        var looked = 0;
        foreach (var process in processes)
        {
            // The canary is an argument of this process and of no other.
            foreach (
                var file in process.EndsWith($"/{Environment.ProcessId}", StringComparison.Ordinal)
                    ? ["environ"]
                    : new[] { "environ", "cmdline" }
            )
            {
                if (Read($"{process}/{file}") is not { } content)
                    continue;
                looked++;
                if (content.AsSpan().IndexOf(own) >= 0)
                    return ProbeAnswer.Broken($"found in {process}/{file}");
            }
        }
        return looked == 0
            ? ProbeAnswer.Unknown("no process could be looked at")
            : ProbeAnswer.Held($"not in {looked} environments and command lines");
    }

    /// <summary>Any file of any mount but the image itself, which holds nothing of the runner's.</summary>
    public static ProbeAnswer Files(string canary)
    {
        var own = Encoding.UTF8.GetBytes(canary);
        var files = MountTable
            .Read()
            .Where(mount => mount.Target != "/" && !mount.IsKernels)
            .SelectMany(mount => FilesBelow(mount.Target))
            .Distinct();
        var looked = 0;
        foreach (var file in files)
        {
            if (Read(file) is not { } content)
                continue;
            looked++;
            if (content.AsSpan().IndexOf(own) >= 0)
                return ProbeAnswer.Broken($"found in {file}");
        }
        return looked == 0 ? ProbeAnswer.Unknown("no file could be read") : ProbeAnswer.Held($"not in {looked} files");
    }

    /// <param name="canary">Must not be there.</param>
    /// <param name="witness">Must be: otherwise it is not the file that was meant.</param>
    public static ProbeAnswer File(string path, string canary, string witness)
    {
        var text = Read(path) is { } content ? Encoding.UTF8.GetString(content) : "";
        return text.Contains(canary, StringComparison.Ordinal) ? ProbeAnswer.Broken($"found in {path}")
            : text.Contains(witness, StringComparison.Ordinal)
                ? ProbeAnswer.Held("the rest of the file is there, it is not")
            : ProbeAnswer.Unknown($"{path} is not the file that was put there");
    }

    /// <param name="name">The runner's.</param>
    public static ProbeAnswer HostName(string name) =>
        Environment.MachineName == name
            ? ProbeAnswer.Broken($"it is {name}")
            : ProbeAnswer.Held($"it is called {Environment.MachineName}");

    /// <param name="expected">Mount points; what lies below /proc, /dev and /sys is the container engine's.</param>
    public static ProbeAnswer MountPoints(IReadOnlyCollection<string> expected)
    {
        var strange = MountTable
            .Read()
            .Select(mount => mount.Target)
            .Where(target =>
                !expected.Contains(target)
                && !EnginesOwn.Any(root => target == root || target.StartsWith(root + "/", StringComparison.Ordinal))
            )
            .ToList();
        return strange.Count == 0
            ? ProbeAnswer.Held($"{MountTable.Read().Count()} mounts, all expected")
            : ProbeAnswer.Broken(string.Join(", ", strange));
    }

    private static IEnumerable<string> FilesBelow(string root) =>
        System.IO.File.Exists(root)
            ? [root]
            : Directory.EnumerateFiles(
                root,
                "*",
                new EnumerationOptions
                {
                    RecurseSubdirectories = true,
                    AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Device,
                    IgnoreInaccessible = true,
                }
            );

    /// <summary>Null when it may not be read, or is no file that holds text.</summary>
    private static byte[]? Read(string path)
    {
        var opened = Kernel.Open(path, Kernel.ReadOnly | 0x800);
        if (!opened.Succeeded)
            return null;
        var content = new List<byte>();
        var buffer = new byte[64 * 1024];
        while (content.Count < LargestFile && Kernel.Read(opened.Result, buffer).Result is > 0 and var read)
            content.AddRange(buffer.AsSpan(0, (int)read));
        Kernel.Close(opened.Result);
        return [.. content];
    }
}
