namespace ClawCi.ToolServer.Commands;

/// <summary>A process we started and its end, once the reaper has seen it.</summary>
internal sealed class Child(int pid, WakeUp wakeUp)
{
    private const int Running = -1;
    private volatile int _status = Running;

    /// <summary>Also its session and process group.</summary>
    public int Pid => pid;

    public bool HasEnded => _status != Running;

    /// <summary>The signal that ended it, or null.</summary>
    public int? Signal => (_status & 0x7F) is > 0 and var signal ? signal : null;

    /// <summary>128+n after signal n.</summary>
    public int ExitCode => Signal is { } signal ? 128 + signal : (_status >> 8) & 0xFF;

    /// <param name="status">As waitpid gives it.</param>
    public void End(int status)
    {
        _status = status;
        wakeUp.Set();
    }
}
