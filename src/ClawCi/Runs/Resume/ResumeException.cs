namespace ClawCi.Runs.Resume;

/// <summary>A run cannot be resumed. Nothing was touched.</summary>
/// <param name="message">Why, and what can be done.</param>
internal sealed class ResumeException(string message) : Exception(message);
