using System.Runtime.InteropServices;
using ClawCi.Runs;

namespace ClawCi.Cli;

/// <summary>SIGINT and SIGTERM: the first asks the run to end, the second ends the process.</summary>
internal sealed class Signals : IDisposable
{
    /// <summary>The contract's 5 s, less what leaving takes. Containers go with the process: their standard input closes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4.5);

    private readonly Interruption _interruption;
    private readonly Action<int> _exit;
    private readonly TimeProvider _time;
    private readonly PosixSignalRegistration _sigInt;
    private readonly PosixSignalRegistration _sigTerm;
    private int _received;
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
        if (Interlocked.Increment(ref _received) > 1)
        {
            _exit(exitCode);
            return;
        }
        _watchdog = _time.CreateTimer(_ => _exit(exitCode), null, Patience, System.Threading.Timeout.InfiniteTimeSpan);
        _interruption.Request(exitCode);
    }
}
