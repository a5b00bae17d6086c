using Serilog.Core;
using Serilog.Events;

namespace ClawCi.Cli.Console;

/// <summary>Where the log goes.</summary>
internal sealed class LineSink(ConsoleFormatter formatter, LiveLine live) : ILogEventSink
{
    public void Emit(LogEvent logEvent)
    {
        using var lines = new StringWriter();
        formatter.Format(logEvent, lines);
        live.Write(lines.ToString());
    }
}
