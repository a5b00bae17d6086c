using System.Runtime.InteropServices;
using ClawCi.Runs;

namespace ClawCi.Cli;

/// <summary>SIGINT and SIGTERM: the first asks the run to end, another one later ends the process.</summary>
internal sealed class Signals : IDisposable
{
    /// <summary>The contract's 5 s, less what leaving takes. Containers go with the process: their standard input closes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4.5);

    /// <summary>
    /// Whoever stops a process and its group sends the signal twice, as <c>timeout</c> of coreutils does, and means it once.
    /// </summary>
    private static readonly TimeSpan OneWish = TimeSpan.FromSeconds(1);

    private readonly Interruption _interruption;
    private readonly Action<int> _exit;
    private readonly TimeProvider _time;
    private readonly PosixSignalRegistration _sigInt;
    private readonly PosixSignalRegistration _sigTerm;
    private readonly Lock _lock = new();
    private long? _first;
    private ITimer? _watchdog;

    /// <param name="exit">Ends the process at once with an exit code.</param>
    public Signals(Interruption interruption, Action<int> exit, TimeProvider time)
    {
        (_interruption, _exit, _time) = (interruption, exit, time);
        _sigInt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => On(signal, Interruption.SigInt));
        _sigTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => On(signal, Interruption.SigTerm));
    }

    public void Dispose()
    {
        _sigInt.Dispose();
        _sigTerm.Dispose();
        _watchdog?.Dispose();
    }

    private void On(PosixSignalContext signal, int exitCode)
    {
        signal.Cancel = true;
        bool isFirst;
        lock (_lock)
        {
            isFirst = _first is null;
            _first ??= _time.GetTimestamp();
            _watchdog ??= _time.CreateTimer(
                _ => _exit(exitCode),
                null,
                Patience,
                System.Threading.Timeout.InfiniteTimeSpan
            );
        }
        if (isFirst)
            _interruption.Request(exitCode);
        else if (_time.GetElapsedTime(_first.Value) >= OneWish)
            _exit(exitCode);
    }
}
