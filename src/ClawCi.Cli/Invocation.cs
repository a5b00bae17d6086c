using ClawCi.Cli.Console;
using ClawCi.Runs;

namespace ClawCi.Cli;

/// <summary>What a verb finds around it.</summary>
/// <param name="Output">Standard output: results only.</param>
/// <param name="Error">Standard error: everything for people.</param>
/// <param name="Live">The same while a run goes on.</param>
internal sealed record Invocation(
    TextWriter Output,
    TextWriter Error,
    LiveLine Live,
    CliEnvironment Environment,
    Interruption Interruption,
    TimeProvider Time,
    Func<double> Random
);
