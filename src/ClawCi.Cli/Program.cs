using ClawCi.Cli;
using ClawCi.Runs;

AppDomain.CurrentDomain.UnhandledException += Failure.ExitWithInternalError;
using var interruption = new Interruption();
using var signals = new Signals(
    interruption,
    code =>
        Environment.Exit(StatusLine.Write(Console.Error, Outcome.Interrupted.Name(), "signal", code, retryable: true)),
    TimeProvider.System
);
#pragma warning disable CA5394 // Names a run and spreads retries; guards nothing.
var random = new Random();
#pragma warning restore CA5394
return await Entry.RunAsync(
    args,
    new Invocation(
        Console.Out,
        Console.Error,
        CliEnvironment.Read(),
        interruption,
        TimeProvider.System,
        random.NextDouble
    )
);
