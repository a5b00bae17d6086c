using ClawCi.GitHub;
using ClawCi.Sessions;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace ClawCi.Cli.Console;

/// <summary>The log that people read: stderr, through <see cref="ConsoleFormatter"/>.</summary>
internal static class ConsoleLog
{
    public static Logger Create(ConsoleSettings settings, SecretMasker masker, LiveLine live) =>
        new LoggerConfiguration()
            .Destructure.AsScalar<WorkflowCommand>()
            .MinimumLevel.Is(settings.Verbosity == Verbosity.Verbose ? LogEventLevel.Debug : LogEventLevel.Information)
            .Filter.ByExcluding(line =>
                settings.Verbosity == Verbosity.Quiet
                && line.Level < LogEventLevel.Warning
                && !line.Properties.ContainsKey(ConsoleFormatter.Always)
            )
            .WriteTo.Sink(new LineSink(new ConsoleFormatter(settings, masker), live))
            .CreateLogger();
}
