using ClawCi.Cli;
using ClawCi.Cli.Console;
using ClawCi.Runs;

var error = Console.Error;
using var live = new LiveLine(error, () => Terminal.Width() ?? ConsoleSettings.LogWidth, TimeProvider.System);

// Where the log is written.
Console.SetError(live);
AppDomain.CurrentDomain.UnhandledException += (_, crash) =>
{
    live.Dispose();
    Failure.ExitWithInternalError(crash.ExceptionObject);
};
using var interruption = new Interruption();
using var signals = new Signals(
    interruption,
    code =>
    {
        live.Dispose();
        Environment.Exit(StatusLine.Write(error, Outcome.Interrupted.Name(), "signal", code, retryable: true));
    },
    TimeProvider.System
);
#pragma warning disable CA5394 // Names a run and spreads retries; guards nothing.
var random = Random.Shared;
#pragma warning restore CA5394
return await Entry.RunAsync(
    args,
    new Invocation(
        Console.Out,
        error,
        live,
        CliEnvironment.Read(),
        interruption,
        TimeProvider.System,
        random.NextDouble
    )
);
