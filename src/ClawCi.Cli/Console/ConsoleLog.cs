using ClawCi.GitHub;
using ClawCi.Sessions;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace ClawCi.Cli.Console;

/// <summary>The log that people read: stderr, through <see cref="ConsoleFormatter"/>.</summary>
internal static class ConsoleLog
{
    /// <summary>To standard error, which the process has made a <see cref="LiveLine"/>.</summary>
    public static Logger Create(ConsoleSettings settings, SecretMasker masker) =>
        Configure(settings)
            .WriteTo.Console(new ConsoleFormatter(settings, masker), standardErrorFromLevel: LogEventLevel.Verbose)
            .CreateLogger();

    /// <summary>Everything but the sink.</summary>
    public static LoggerConfiguration Configure(ConsoleSettings settings) =>
        new LoggerConfiguration()
            .Destructure.AsScalar<WorkflowCommand>()
            .MinimumLevel.Is(settings.Verbosity == Verbosity.Verbose ? LogEventLevel.Debug : LogEventLevel.Information)
            .Filter.ByExcluding(line =>
                settings.Verbosity == Verbosity.Quiet
                && line.Level < LogEventLevel.Warning
                && !line.Properties.ContainsKey(ConsoleFormatter.Always)
            );
}
