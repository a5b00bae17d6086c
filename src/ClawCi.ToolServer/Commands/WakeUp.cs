using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ClawCi.ToolServer.Commands;

/// <summary>An eventfd: other threads set it, a thread in poll sees it.</summary>
internal sealed unsafe class WakeUp : IDisposable
{
    private readonly Lock _gate = new();
    private bool _closed;

    public WakeUp()
    {
        Descriptor = CommandLibc.EventFd(0, CommandLibc.CloseOnExec | CommandLibc.NonBlocking);
        if (Descriptor < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    public int Descriptor { get; }

    public void Set()
    {
        ulong one = 1;
        lock (_gate)
        {
            if (!_closed)
                _ = CommandLibc.Write(Descriptor, (byte*)&one, sizeof(ulong));
        }
    }

    public void Clear()
    {
        ulong count;
        _ = CommandLibc.Read(Descriptor, (byte*)&count, sizeof(ulong));
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (!_closed)
                _ = CommandLibc.Close(Descriptor);
            _closed = true;
        }
    }
}
