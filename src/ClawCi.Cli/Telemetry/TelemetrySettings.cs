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

    private static readonly string[] Headers =
    [
        $"{Prefix}HEADERS",
        $"{Prefix}TRACES_HEADERS",
        $"{Prefix}METRICS_HEADERS",
    ];

    /// <summary>Null when no endpoint is named, or telemetry is switched off.</summary>
    /// <exception cref="UserErrorException">An endpoint is no address, or headers are none.</exception>
    public static TelemetrySettings? Read(CliEnvironment environment)
    {
        var traces = IsWanted(environment, "TRACES");
        var metrics = IsWanted(environment, "METRICS");
        if (!traces && !metrics)
            return null;
        foreach (var name in Headers)
            RequireHeaders(name, environment[name]);
        _ = ActivityContext.TryParse(
            environment["TRACEPARENT"],
            environment["TRACESTATE"],
            isRemote: true,
            out var parent
        );
        return new(traces, metrics, Protocols.Any(name => environment[name] is not null), parent);
    }

    /// <summary>The exporter would throw in the middle of the start. The value is not said: it mostly is a key.</summary>
    private static void RequireHeaders(string name, string? value)
    {
        var pairs = Uri.UnescapeDataString(value ?? "").TrimEnd(',').Split(',', StringSplitOptions.TrimEntries);
        if (value is not null && !pairs.All(pair => pair.IndexOf('=') > 0))
            throw new UserErrorException("environment", $"{name} is not a list such as api-key=secret,tenant=a.");
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
