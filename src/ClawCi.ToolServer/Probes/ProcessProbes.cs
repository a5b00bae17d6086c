namespace ClawCi.ToolServer.Probes;

/// <summary>Attempts on other processes: the tool server's, the container's first, the machine's.</summary>
internal static unsafe class ProcessProbes
{
    private const int KillSignal = 9;
    private const int SetName = 15;
    private const int ChildEnds = 17;

    /// <summary>Every process must be the container's first, or the tool server, or descend from it.</summary>
    public static ProbeAnswer Foreign()
    {
        var parents = Ids().ToDictionary(id => id, ParentOf);
        var foreign = parents.Keys.Where(id => id != "1" && !IsOfServer(id, parents)).ToList();
        return foreign.Count == 0
            ? ProbeAnswer.Held($"{Ids().Count()} processes, all the sandbox's own")
            : ProbeAnswer.Broken($"{foreign.Count} others, such as {NameOf(foreign[0])}");
    }

    /// <param name="runner">The runner's namespaces, as its links in /proc say.</param>
    public static ProbeAnswer Namespaces(IEnumerable<string> runner)
    {
        var shared = runner
            .Where(link => ReadLink($"/proc/self/ns/{link[..link.IndexOf(':', StringComparison.Ordinal)]}") == link)
            .ToList();
        return shared.Count == 0
            ? ProbeAnswer.Held("none is shared")
            : ProbeAnswer.Broken($"shared: {string.Join(", ", shared)}");
    }

    public static ProbeAnswer TraceServer()
    {
        const nint seize = 0x4206;
        return ProbeAnswer.Guarded(Kernel.Call(Kernel.Trace, seize, Kernel.ParentId));
    }

    public static ProbeAnswer ReadServerMemory()
    {
        byte target;
        var local = stackalloc nint[] { (nint)(&target), 1 };
        var remote = stackalloc nint[] { 0x400000, 1 };
        return ProbeAnswer.All([
            ("/proc/PID/mem", ProbeAnswer.Guarded(Kernel.TryOpen($"/proc/{Kernel.ParentId}/mem", Kernel.ReadOnly))),
            (
                "process_vm_readv",
                ProbeAnswer.Guarded(
                    Kernel.Call(Kernel.ReadOtherMemory, Kernel.ParentId, (nint)local, 1, (nint)remote, 1)
                )
            ),
            ("environ", ProbeAnswer.Guarded(Kernel.TryOpen($"/proc/{Kernel.ParentId}/environ", Kernel.ReadOnly))),
        ]);
    }

    public static ProbeAnswer ForgeAnswer() =>
        ProbeAnswer.All(
            Enumerable
                .Range(0, 2)
                .Select(descriptor =>
                    (
                        $"descriptor {descriptor}",
                        ProbeAnswer.Guarded(
                            Kernel.TryOpen(
                                $"/proc/{Kernel.ParentId}/fd/{descriptor}",
                                descriptor == 0 ? Kernel.ReadOnly : Kernel.WriteOnly
                            )
                        )
                    )
                )
        );

    public static ProbeAnswer SpareFromOutOfMemory()
    {
        var opened = Kernel.Open("/proc/self/oom_score_adj", Kernel.WriteOnly);
        if (!opened.Succeeded)
            return ProbeAnswer.Guarded(opened);
        var written = Kernel.Write(opened.Result, "-1000"u8);
        Kernel.Close(opened.Result);
        return ProbeAnswer.Guarded(written);
    }

    /// <summary>Succeeds by the kernel's word and must have no effect: whoever asked sees whether the sandbox lives.</summary>
    public static ProbeAnswer KillFirst()
    {
        Kernel.Call(Kernel.Kill, 1, KillSignal);
        return ProbeAnswer.Held("it ignores the signal");
    }

    /// <summary>The runner must notice: it cannot be prevented, for both are the same user.</summary>
    public static ProbeAnswer KillServer()
    {
        Kernel.Call(Kernel.Kill, Kernel.ParentId, KillSignal);
        return ProbeAnswer.Broken("it was killed and this answer came nevertheless");
    }

    /// <summary>Starts a process that leaves session and parent, and then does not end itself.</summary>
    /// <param name="name">At most 15 characters: what the process calls itself.</param>
    public static ProbeAnswer Linger(string name)
    {
        fixed (byte* bytes = System.Text.Encoding.UTF8.GetBytes(name + '\0'))
        {
            if (Kernel.Call(Kernel.Clone, ChildEnds).Result == 0)
            {
                Kernel.Call(Kernel.NewSession);
                if (Kernel.Call(Kernel.Clone, ChildEnds).Result != 0)
                    Kernel.Call(Kernel.Exit);
                Kernel.Call(Kernel.Control, SetName, (nint)bytes);
                WaitForEver();
            }
        }
        WaitForEver();
        return ProbeAnswer.Unknown("it came to an end");
    }

    public static ProbeAnswer Find(string name) =>
        Ids().Any(id => NameOf(id) == name) ? ProbeAnswer.Broken("it is still there") : ProbeAnswer.Held("it is gone");

    public static void WaitForEver()
    {
        while (true)
            Kernel.Call(Kernel.Poll);
    }

    private static IEnumerable<string> Ids() =>
        Directory
            .EnumerateDirectories("/proc")
            .Select(path => Path.GetFileName(path)!)
            .Where(id => char.IsDigit(id[0]));

    /// <summary>Empty when it is gone.</summary>
    private static string NameOf(string id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/comm").TrimEnd();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>What is gone meanwhile counts as the sandbox's: nobody can see it.</summary>
    private static bool IsOfServer(string? id, Dictionary<string, string?> parents)
    {
        var server = $"{Kernel.ParentId}";
        while (id is not null && id != server && id != "0" && id != "1")
            id = parents.GetValueOrDefault(id);
        return id is null || id == server;
    }

    /// <summary>Null when it is gone.</summary>
    private static string? ParentOf(string id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            // The name in parentheses may hold anything, so count from its end.
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? ReadLink(string path) => new FileInfo(path).LinkTarget;
}
