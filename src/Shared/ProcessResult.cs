using System.Text;

namespace ClawCi.Shared;

/// <summary>How a host process ended.</summary>
/// <param name="ExitCode">128+n after signal n; 137 after the deadline.</param>
/// <param name="Output">Stdout, empty when it went to <see cref="ProcessRequest.Output"/>.</param>
/// <param name="Truncated">Stdout was longer than its cap.</param>
internal sealed record ProcessResult(int ExitCode, byte[] Output, byte[] Error, bool TimedOut, bool Truncated)
{
    /// <summary>Ended by itself with exit code 0 and with all of its stdout kept.</summary>
    public bool Succeeded => ExitCode == 0 && !TimedOut && !Truncated;

    public string OutputText => Encoding.UTF8.GetString(Output);

    public string ErrorText => Encoding.UTF8.GetString(Error);
}
