using System.Globalization;
using System.Runtime.InteropServices;

namespace ClawCi.ToolServer.Probes;

/// <summary>Attempts to take more than there is to take.</summary>
internal static unsafe class ResourceProbes
{
    private const int TryAgain = 11;
    private const int NoSpace = 28;
    private const int ChildEnds = 17;
    private const int DieWithParent = 1;
    private const int KillSignal = 9;
    private const int MoreThanEnough = 4096;
    private const int Block = 1 << 20;
    private static readonly string[] Counters =
    [
        "/sys/fs/cgroup/cpu.stat",
        "/sys/fs/cgroup/cpu/cpu.stat",
        "/sys/fs/cgroup/cpu,cpuacct/cpu.stat",
        "/sys/fs/cgroup/cpuacct,cpu/cpu.stat",
    ];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Processes until there are no more to be had; they go with this one.</summary>
    public static ProbeAnswer ForkBomb()
    {
        for (var count = 0; count < MoreThanEnough; count++)
        {
            var started = Kernel.Call(Kernel.Clone, ChildEnds);
            if (started.Result == 0)
            {
                Kernel.Call(Kernel.Control, DieWithParent, KillSignal);
                ProcessProbes.WaitForEver();
            }
            if (!started.Succeeded)
                return started.Error == TryAgain
                    ? ProbeAnswer.Held($"stopped after {count} processes")
                    : ProbeAnswer.Unknown($"stopped after {count} processes by {ProbeAnswer.Name(started.Error)}");
        }
        return ProbeAnswer.Broken($"{MoreThanEnough} processes were started");
    }

    /// <summary>Says how far it got, for it will not come back.</summary>
    /// <param name="limit">Mebibytes that cannot be had.</param>
    public static ProbeAnswer TakeMemory(long limit, TextWriter output)
    {
        const int step = 8;
        for (var taken = 0L; taken < limit; taken += step)
        {
            NativeMemory.Fill(NativeMemory.Alloc(step << 20), step << 20, 1);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{taken + step} MiB"));
        }
        return ProbeAnswer.Broken($"took {limit} MiB");
    }

    /// <param name="limit">Mebibytes that do not fit.</param>
    public static ProbeAnswer Fill(string directory, long limit)
    {
        var path = $"{directory}/claw-ci-fill";
        var file = Kernel.Open(path, Kernel.WriteOnly | Kernel.Create);
        if (!file.Succeeded)
            return ProbeAnswer.Unknown($"no file could be made: {ProbeAnswer.Name(file.Error)}");
        try
        {
            var block = new byte[Block];
            long written = 0;
            while (written < limit * Block)
            {
                var attempt = Kernel.Write(file.Result, block);
                if (!attempt.Succeeded)
                    return attempt.Error == NoSpace
                        ? ProbeAnswer.Held($"full after {written / Block} MiB")
                        : ProbeAnswer.Unknown($"{ProbeAnswer.Name(attempt.Error)} after {written / Block} MiB");
                written += attempt.Result;
            }
            return ProbeAnswer.Broken($"{limit} MiB were written");
        }
        finally
        {
            Kernel.Close(file.Result);
            Kernel.Delete(path);
        }
    }

    /// <summary>Writes a file and holds on to it until somebody ends this.</summary>
    /// <param name="size">In mebibytes.</param>
    public static ProbeAnswer Keep(string path, long size)
    {
        using (var file = File.Create(path))
        {
            var block = new byte[Block];
            for (var written = 0L; written < size; written++)
                file.Write(block);
        }
        ProcessProbes.WaitForEver();
        return ProbeAnswer.Unknown("it came to an end");
    }

    public static ProbeAnswer DumpCore() => RaiseLimit(4);

    public static ProbeAnswer OpenMoreFiles() => RaiseLimit(7);

    /// <summary>Uses every processor until the kernel holds it back.</summary>
    public static ProbeAnswer TakeProcessors()
    {
        if (Throttled() is not { } before)
            return ProbeAnswer.Unknown("the kernel does not say how often it held the sandbox back");
        using var done = new CancellationTokenSource(Patience);
        for (var i = 0; i < Environment.ProcessorCount + 1; i++)
            new Thread(() =>
            {
                while (!done.IsCancellationRequested)
                    Thread.SpinWait(1000);
            })
            {
                IsBackground = true,
            }.Start();
        while (!done.IsCancellationRequested)
        {
            Thread.SpinWait(100_000);
            if (Throttled() is { } now && now > before)
                return ProbeAnswer.Held($"held back {now - before} times");
        }
        return ProbeAnswer.Broken($"never held back in {Patience.TotalSeconds:0} s");
    }

    /// <param name="mebibytes">To stdout, which somebody must read.</param>
    public static ProbeAnswer Flood(long mebibytes)
    {
        var block = new byte[Block];
        block.AsSpan().Fill((byte)'y');
        for (var i = 0L; i < mebibytes; i++)
            _ = Kernel.Write(1, block);
        return ProbeAnswer.Held($"{mebibytes} MiB were written");
    }

    private static ProbeAnswer RaiseLimit(int resource)
    {
        var limit = stackalloc ulong[2];
        var read = Kernel.Call(Kernel.Limits, 0, resource, 0, (nint)limit);
        if (!read.Succeeded)
            return ProbeAnswer.Unknown(ProbeAnswer.Name(read.Error));
        if (limit[1] == ulong.MaxValue)
            return ProbeAnswer.Broken("there is no limit");
        var wanted = stackalloc ulong[] { limit[1] + 1, limit[1] + 1 };
        var answer = ProbeAnswer.Guarded(Kernel.Call(Kernel.Limits, 0, resource, (nint)wanted));
        return answer.IsHeld ? answer with { Text = $"at most {limit[1]}" } : answer;
    }

    /// <summary>By control groups version 2 or 1; null when neither says.</summary>
    private static long? Throttled() =>
        Counters
            .Where(File.Exists)
            .SelectMany(File.ReadLines)
            .Select(line => line.Split(' '))
            .Where(words => words is ["nr_throttled", _])
            .Select(words => (long?)long.Parse(words[1], CultureInfo.InvariantCulture))
            .FirstOrDefault();
}
