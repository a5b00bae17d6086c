namespace ClawCi.Runs;

/// <summary>A request from outside to stop now, and the exit code that goes with it.</summary>
internal sealed class Interruption : IDisposable
{
    public const int SigInt = 130;
    public const int SigTerm = 143;

    private readonly CancellationTokenSource _source = new();

    public CancellationToken Token => _source.Token;

    public int ExitCode { get; private set; } = SigInt;

    /// <param name="exitCode"><see cref="SigInt"/> or <see cref="SigTerm"/>.</param>
    public void Request(int exitCode)
    {
        ExitCode = exitCode;
        _source.Cancel();
    }

    public void Dispose() => _source.Dispose();
}
