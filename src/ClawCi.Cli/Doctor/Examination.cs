namespace ClawCi.Cli.Doctor;

/// <summary>One thing that a run needs, and how to see whether it is there.</summary>
/// <param name="Subject">A word or two, such as <c>docker</c>.</param>
/// <param name="Name">Which one, where there are several kinds; else empty.</param>
/// <param name="RunAsync">
/// Answers what is ready, in words; throws what a run would end with, whose message says what to do. Changes nothing and
/// costs nothing.
/// </param>
internal sealed record Examination(string Subject, string Name, Func<CancellationToken, Task<string>> RunAsync);
