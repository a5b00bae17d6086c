using System.Diagnostics;
using ClawCi.Cli.Arguments;
using ClawCi.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ClawCi.Cli.Telemetry;

/// <summary>
/// Sends spans and metrics to where OpenTelemetry's variables say. Made only when they say so. An endpoint that does not
/// take them costs a bounded time at the end and one line of the log, nothing else.
/// </summary>
internal sealed class TelemetryExport
{
    /// <summary>For what is still to be sent when the last task has ended.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ExportFailures _failures;
    private readonly TracerProvider? _traces;
    private readonly MeterProvider? _metrics;

    private TelemetryExport(TelemetrySettings settings, Action<string> say)
    {
        _failures = new ExportFailures(say);
        var resource = ResourceBuilder
            .CreateEmpty()
            .AddService(RunTelemetry.Name, serviceVersion: ShowText.Version, autoGenerateServiceInstanceId: false)
            .AddTelemetrySdk()
            // Last: what the variables say is what counts.
            .AddEnvironmentVariableDetector();
        void Options(OtlpExporterOptions options)
        {
            if (!settings.NamesProtocol)
                options.Protocol = OtlpExportProtocol.HttpProtobuf;
            options.HttpClientFactory = () =>
                new HttpClient(new ExportHandler(_failures))
                {
                    Timeout = TimeSpan.FromMilliseconds(options.TimeoutMilliseconds),
                };
        }
        if (settings.Traces)
            _traces = Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                .AddSource(RunTelemetry.Name)
                .AddOtlpExporter(Options)
                .Build();
        if (settings.Metrics)
            _metrics = Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter(RunTelemetry.Name)
                .AddOtlpExporter(Options)
                .Build();
    }

    /// <param name="say">Told once when something does not arrive.</param>
    public static TelemetryExport Start(TelemetrySettings settings, Action<string> say) => new(settings, say);

    /// <summary>Sends what is left.</summary>
    /// <param name="isHurried">The process has to be gone soon.</param>
    public async Task EndAsync(bool isHurried)
    {
        var patience = isHurried ? Patience / 5 : Patience;
        var most = (int)patience.TotalMilliseconds;
        var ends = Task.WhenAll(
            OnItsOwnThread(() => _traces?.Shutdown(most) ?? true),
            OnItsOwnThread(() => _metrics?.Shutdown(most) ?? true)
        );
        try
        {
            if ((await ends.WaitAsync(patience)).All(sent => sent))
                return;
        }
        catch (TimeoutException)
        {
            // As told below.
        }
        _failures.Add($"Telemetry is not complete: what was left could not be sent in {patience.TotalSeconds} s.");
    }

    /// <summary>Threads of the pool that wait would be missing where the connection is made that they wait for: a second was lost.</summary>
    private static Task<bool> OnItsOwnThread(Func<bool> shutDown) =>
        Task.Factory.StartNew(shutDown, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
