using System.Runtime.InteropServices;

namespace ClawCi.ToolServer.Commands;

/// <summary>
/// Waits for every child of this process: those it started and, since it is a subreaper, the orphans of their families. One
/// thread for all, made at the start: when a fork bomb has eaten the process limit, no new thread can be had.
/// </summary>
internal sealed class Reaper
{
    private readonly object _gate = new();
    private readonly Dictionary<int, Child> _children = [];
    private int _started;

    public Reaper() =>
        new Thread(ReapForEver, maxStackSize: 256 * 1024) { IsBackground = true, Name = "reaper" }.Start();

    /// <summary>Runs <paramref name="spawn"/>, which gives zero and a process id, or an error number.</summary>
    public int Start(Func<(int Error, int Pid)> spawn, WakeUp wakeUp, out Child? child)
    {
        // Under the lock, so that a child that ends at once is known before it is reaped.
        lock (_gate)
        {
            var (error, pid) = spawn();
            child = error == 0 ? new Child(pid, wakeUp) : null;
            if (child is not null)
                _children[pid] = child;
            _started++;
            Monitor.Pulse(_gate);
            return error;
        }
    }

    private void ReapForEver()
    {
        while (true)
        {
            var started = Volatile.Read(ref _started);
            var pid = CommandLibc.WaitPid(-1, out var status, 0);
            var isIdle = pid < 0 && Marshal.GetLastPInvokeError() == CommandLibc.NoChildren;
            lock (_gate)
            {
                while (isIdle && _started == started)
                    Monitor.Wait(_gate);
                if (_children.Remove(pid, out var child))
                    child.End(status);
            }
        }
    }
}
