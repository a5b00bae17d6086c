namespace ClawCi.Runs.Trust;

/// <summary>A file that was named, or the whole run, is the work of whom it must not trust. Nothing was started.</summary>
/// <param name="reason">A stable word.</param>
internal sealed class UntrustedException(string file, string message, string reason = "pull-request")
    : Exception($"{file}: {message}")
{
    public string Reason { get; } = reason;
}
