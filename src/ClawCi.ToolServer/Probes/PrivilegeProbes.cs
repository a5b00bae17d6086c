using System.Globalization;

namespace ClawCi.ToolServer.Probes;

/// <summary>Attempts to gain what the sandbox took away, each by the call that would give it.</summary>
internal static unsafe class PrivilegeProbes
{
    private const nint NewUser = 0x10000000;
    private const nint NewMounts = 0x00020000;
    private const int SomebodyElse = 54321;

    public static ProbeAnswer UserNamespace() => ProbeAnswer.Guarded(Kernel.Call(Kernel.Unshare, NewUser));

    public static ProbeAnswer MountNamespace() => ProbeAnswer.Guarded(Kernel.Call(Kernel.Unshare, NewMounts));

    public static ProbeAnswer Mount()
    {
        var directory = Directory.CreateDirectory("/tmp/claw-ci-mount").FullName;
        fixed (byte* target = "/tmp/claw-ci-mount"u8)
        fixed (byte* type = "tmpfs"u8)
        {
            var attempt = Kernel.Named(Kernel.Mount, "none", (nint)target, (nint)type);
            if (attempt.Succeeded)
                Kernel.Named(Kernel.Unmount, directory);
            return ProbeAnswer.Guarded(attempt);
        }
    }

    public static ProbeAnswer RemountRoot()
    {
        const nint remountBind = 0x20 | 0x1000;
        fixed (byte* target = "/"u8)
            return ProbeAnswer.Guarded(Kernel.Named(Kernel.Mount, "none", (nint)target, 0, remountBind));
    }

    public static ProbeAnswer Unmount() => ProbeAnswer.Guarded(Kernel.Named(Kernel.Unmount, "/proc/kcore"));

    public static ProbeAnswer JoinInit()
    {
        var opened = Kernel.Open("/proc/1/ns/mnt", Kernel.ReadOnly);
        if (!opened.Succeeded)
            return ProbeAnswer.Guarded(opened);
        var joined = ProbeAnswer.Guarded(Kernel.Call(Kernel.SetNamespace, opened.Result, NewMounts));
        Kernel.Close(opened.Result);
        return joined;
    }

    public static ProbeAnswer PivotRoot()
    {
        fixed (byte* here = "."u8)
            return ProbeAnswer.Guarded(Kernel.Call(Kernel.PivotRoot, (nint)here, (nint)here));
    }

    public static ProbeAnswer ChangeRoot() => ProbeAnswer.Guarded(Kernel.Named(Kernel.ChangeRoot, "."));

    public static ProbeAnswer MakeDevice()
    {
        const string path = "/tmp/claw-ci-device";
        const nint blockDevice = 0x6000 | 0x180;
        var attempt = Kernel.At(Kernel.MakeNode, path, blockDevice, 0x0800);
        if (attempt.Succeeded)
            Kernel.Delete(path);
        return ProbeAnswer.Guarded(attempt);
    }

    public static ProbeAnswer OpenByHandle() => ProbeAnswer.Guarded(Kernel.Call(Kernel.OpenByHandle, 0, 0, 0));

    public static ProbeAnswer Bpf() => ProbeAnswer.Guarded(Kernel.Call(Kernel.Bpf, 5, 0, 0));

    public static ProbeAnswer Perf() => ProbeAnswer.Guarded(Kernel.Call(Kernel.PerfEventOpen, 0, 0, -1, -1));

    public static ProbeAnswer Keyring() => ProbeAnswer.Guarded(Kernel.Call(Kernel.KeyControl, 0, -3, 0));

    public static ProbeAnswer UserFault() => ProbeAnswer.Guarded(Kernel.Call(Kernel.UserFaultFd));

    public static ProbeAnswer LoadModule() =>
        ProbeAnswer.All([
            ("load", ProbeAnswer.Guarded(Kernel.Call(Kernel.InitModule))),
            ("unload", ProbeAnswer.Guarded(Kernel.Call(Kernel.DeleteModule))),
        ]);

    public static ProbeAnswer LoadKernel() => ProbeAnswer.Guarded(Kernel.Call(Kernel.KexecLoad, 0, 0, 0, -1));

    /// <summary>With the wrong magic numbers: they are looked at after the permission.</summary>
    public static ProbeAnswer Reboot() => ProbeAnswer.Guarded(Kernel.Call(Kernel.Reboot, 1, 2, 3));

    public static ProbeAnswer SetClock()
    {
        // A time that no clock takes: whoever may set it learns that it is invalid.
        var time = stackalloc long[] { 1, -1 };
        return ProbeAnswer.Guarded(Kernel.Call(Kernel.ClockSetTime, 0, (nint)time));
    }

    public static ProbeAnswer SetHostName() => ProbeAnswer.Guarded(Kernel.Named(Kernel.SetHostName, "sandbox", 7));

    public static ProbeAnswer SwapOn() => ProbeAnswer.Guarded(Kernel.Call(Kernel.SwapOn));

    public static ProbeAnswer KernelLog()
    {
        const int size = 10;
        return ProbeAnswer.Guarded(Kernel.Call(Kernel.SysLog, size));
    }

    public static ProbeAnswer Accounting() =>
        ProbeAnswer.Guarded(Kernel.Named(Kernel.Account, "/tmp/claw-ci-there-is-none"));

    public static ProbeAnswer AnotherUser() =>
        ProbeAnswer.Guarded(Kernel.Call(Kernel.SetUser, SomebodyElse, SomebodyElse, SomebodyElse));

    public static ProbeAnswer AnotherGroup()
    {
        uint group = SomebodyElse;
        return ProbeAnswer.Guarded(Kernel.Call(Kernel.SetGroups, 1, (nint)(&group)));
    }

    public static ProbeAnswer Priority() => ProbeAnswer.Guarded(Kernel.Call(Kernel.SetPriority, 0, 0, -20));

    public static ProbeAnswer RealTime()
    {
        var priority = 1;
        return ProbeAnswer.Guarded(Kernel.Call(Kernel.SetScheduler, 0, 1, (nint)(&priority)));
    }

    public static ProbeAnswer Capabilities()
    {
        var sets = Status().Where(line => line.Key.StartsWith("Cap", StringComparison.Ordinal)).ToList();
        var held = sets.Where(set => ulong.Parse(set.Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture) != 0)
            .Select(set => $"{set.Key} {set.Value}")
            .ToList();
        return sets.Count < 4 ? ProbeAnswer.Unknown("the kernel does not say")
            : held.Count > 0 ? ProbeAnswer.Broken(string.Join(", ", held))
            : ProbeAnswer.Held("all sets are empty");
    }

    public static ProbeAnswer NewPrivileges()
    {
        const int get = 39;
        return Kernel.Call(Kernel.Control, get).Result == 1
            ? ProbeAnswer.Held("no_new_privs is set")
            : ProbeAnswer.Broken("no_new_privs is not set");
    }

    public static ProbeAnswer SystemCallFilter() =>
        Status().TryGetValue("Seccomp", out var mode) && mode == "2"
            ? ProbeAnswer.Held("seccomp mode 2")
            : ProbeAnswer.Broken($"seccomp mode {mode ?? "unknown"}");

    private static Dictionary<string, string> Status() =>
        File.ReadLines("/proc/self/status")
            .Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0], parts => parts[1]);
}
