using System.Globalization;
using System.Text.Json.Nodes;

namespace ClawCi.ToolServer.Tools;

/// <summary>What the runner itself says of a call, beside the input that a model wrote: a model cannot set these.</summary>
/// <param name="Timeout">What a bash call may take, not bound to what a model may ask for.</param>
/// <param name="Environment">What a bash call finds in its environment besides: <c>NAME=value</c> each. How a setup step gets its secrets.</param>
/// <param name="RawBytes">How much of a command's output the runner wants as it was, when what the model reads is cut.</param>
internal sealed record CallTerms(TimeSpan? Timeout, IReadOnlyList<string> Environment, int RawBytes)
{
    private const string TimeoutKey = "claw-ci/timeout_seconds";
    private const string EnvironmentKey = "claw-ci/environment";
    private const string RawBytesKey = "claw-ci/raw_bytes";

    public static CallTerms Of(JsonObject? meta) =>
        new(
            meta?[TimeoutKey] is { } seconds
            && double.TryParse(seconds.ToString(), CultureInfo.InvariantCulture, out var value)
            && value > 0
                ? TimeSpan.FromSeconds(value)
                : null,
            [.. (meta?[EnvironmentKey] as JsonObject ?? []).Select(entry => $"{entry.Key}={entry.Value}")],
            int.TryParse(meta?[RawBytesKey]?.ToString(), CultureInfo.InvariantCulture, out var bytes) && bytes > 0
                ? bytes
                : 0
        );
}
