using System.Runtime.InteropServices;
using ClawCi.ToolServer.Commands;

namespace ClawCi.ToolServer;

/// <summary>What the process does for its own safety before anything else.</summary>
internal static partial class Hardening
{
    private const int SetDumpable = 4;
    private const int SetChildSubreaper = 36;
    private const uint CloseOnExec = 4;
    private const int PoolThreads = 8;

    public static void Apply()
    {
        // Commands run as the same user: they may not trace us, nor reach our descriptors through /proc.
        _ = CommandLibc.PrCtl(SetDumpable, 0, 0, 0, 0);
        // Orphans become ours, and are found and reaped.
        _ = CommandLibc.PrCtl(SetChildSubreaper, 1, 0, 0, 0);
        // Whatever we were started with stays with us. Kernels before 5.11 refuse, and then have nothing to close.
        _ = CloseRange(3, uint.MaxValue, CloseOnExec);
    }

    /// <summary>Fills the thread pool while threads can be had; it is told elsewhere never to let one go.</summary>
    public static void KeepThreads()
    {
        ThreadPool.SetMinThreads(PoolThreads, 1);
        var all = new CountdownEvent(PoolThreads);
        var gone = new CountdownEvent(PoolThreads);
        for (var i = 0; i < PoolThreads; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    all.Signal();
                    all.Wait();
                    gone.Signal();
                },
                null
            );
        }
        gone.Wait();
    }

    [LibraryImport("libc", EntryPoint = "close_range")]
    private static partial int CloseRange(uint first, uint last, uint flags);
}
