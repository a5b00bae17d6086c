using System.Runtime.CompilerServices;
using ClawCi.Artifacts;
using ClawCi.Cli.Console;
using ClawCi.Events;
using ClawCi.Sessions;
using Microsoft.Extensions.Time.Testing;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace ClawCi.Cli.Tests.Console;

/// <summary>The console's log with its real configuration and formatter, and memory in place of stderr.</summary>
internal sealed class LogCapture : IDisposable
{
    private readonly StringWriter _written = new();
    private readonly Logger _log;
    private readonly ConsoleSettings _settings;

    public LogCapture(ConsoleSettings settings)
    {
        _settings = settings;
        Live = new LiveLine(_written, () => settings.Width, Time);
        _log = ConsoleLog
            .Configure(settings)
            .WriteTo.Sink(new Sink(new ConsoleFormatter(settings, Masker), Live))
            .CreateLogger();
    }

    public SecretMasker Masker { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public LiveLine Live { get; }

    public ILogger Log => _log;

    public string Text => _written.ToString();

    public string Observe(IEnumerable<RunEvent> events)
    {
        var observer = new ConsoleObserver(_log, _settings, Masker, "claw-ci-out/report.html", Time);
        foreach (var runEvent in events)
            observer.On(runEvent);
        return Text;
    }

    public static IEnumerable<RunEvent> SampleRun() => SampleTask().Lines.Select(line => line.Event).OfType<RunEvent>();

    public static TaskRecord SampleTask([CallerFilePath] string file = "") =>
        RunRecord.Read(Path.Combine(Path.GetDirectoryName(file)!, "../../Fixtures/sample-run")).Tasks[0];

    public void Dispose()
    {
        Live.Dispose();
        _log.Dispose();
        _written.Dispose();
    }

    /// <summary>As the console's sink does it: a line is written at once.</summary>
    private sealed class Sink(ITextFormatter formatter, TextWriter writer) : ILogEventSink
    {
        public void Emit(LogEvent logEvent)
        {
            using var line = new StringWriter();
            formatter.Format(logEvent, line);
            writer.Write(line.ToString());
        }
    }
}
