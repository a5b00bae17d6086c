using System.Text.Json;

namespace ClawCi.Sandboxes.Docker;

/// <summary>How long the runner waits for an answer before it takes the container for dead.</summary>
internal static class CallDeadline
{
    private const int DefaultSeconds = 120;
    private const int MostSeconds = 600;

    /// <summary>The tool server ends a command by itself; this is what it may take to say so on a busy machine.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public static TimeSpan For(JsonElement input, TimeSpan? commandTimeout) =>
        (commandTimeout ?? TimeSpan.FromSeconds(Requested(input))) + Grace;

    private static int Requested(JsonElement input) =>
        input.ValueKind == JsonValueKind.Object
        && input.TryGetProperty("timeout_seconds", out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt32(out var seconds)
            ? Math.Clamp(seconds, 1, MostSeconds)
            : DefaultSeconds;
}
