using System.Runtime.InteropServices;

namespace ClawCi.ToolServer.Reports;

/// <summary>The clock that stamps files, which is behind the wall clock by up to a tick of the kernel.</summary>
internal static partial class FileTime
{
    private const int CoarseRealtime = 5;
    private const long NanosPerTick = 100;

    /// <returns>A time with nothing beyond it yet: what exists was changed before or then, what is written next is later.</returns>
    public static async Task<long> NextAsync(CancellationToken ct)
    {
        var now = ((TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks + 1) * NanosPerTick;
        while (Coarse() <= now)
            await Task.Delay(1, ct);
        return now;
    }

    private static long Coarse() =>
        ClockGetTime(CoarseRealtime, out var time) == 0
            ? (time.Seconds * 1_000_000_000) + time.Nanoseconds
            : throw new InvalidOperationException("The kernel has no coarse clock.");

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    /// <summary>struct timespec of a 64-bit system.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
