namespace ClawCi.Runs.Trust;

/// <summary>A file that was named may be the work of whom the run must not trust. Nothing was started.</summary>
internal sealed class UntrustedException(string file, string message) : Exception($"{file}: {message}");
