using System.Diagnostics;

namespace ClawCi.Cli.Telemetry;

/// <summary>What OpenTelemetry's variables ask for: https://opentelemetry.io/docs/specs/otel/protocol/exporter/.</summary>
/// <param name="NamesProtocol">Whether a variable chooses the protocol; http/protobuf otherwise.</param>
/// <param name="Parent">From TRACEPARENT and TRACESTATE: the span of the pipeline that this run belongs to.</param>
internal sealed record TelemetrySettings(bool Traces, bool Metrics, bool NamesProtocol, ActivityContext Parent)
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";

    private static readonly string[] Protocols =
    [
        $"{Prefix}PROTOCOL",
        $"{Prefix}TRACES_PROTOCOL",
        $"{Prefix}METRICS_PROTOCOL",
    ];

    /// <summary>Null when no endpoint is named, or telemetry is switched off.</summary>
    /// <exception cref="UserErrorException">An endpoint is no address.</exception>
    public static TelemetrySettings? Read(CliEnvironment environment)
    {
        var traces = IsWanted(environment, "TRACES");
        var metrics = IsWanted(environment, "METRICS");
        if (!traces && !metrics)
            return null;
        _ = ActivityContext.TryParse(
            environment["TRACEPARENT"],
            environment["TRACESTATE"],
            isRemote: true,
            out var parent
        );
        return new(traces, metrics, Protocols.Any(name => environment[name] is not null), parent);
    }

    private static bool IsWanted(CliEnvironment environment, string signal)
    {
        if (environment["OTEL_SDK_DISABLED"] is "true" || environment[$"OTEL_{signal}_EXPORTER"] is "none")
            return false;
        const string example = "http://localhost:4318";
        var own = environment.Address($"{Prefix}{signal}_ENDPOINT", example, "http", "https");
        return (own ?? environment.Address($"{Prefix}ENDPOINT", example, "http", "https")) is not null;
    }
}
