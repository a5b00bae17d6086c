using System.Text.Json;

namespace ClawCi.Models.Wire;

/// <summary>A number of tokens in an answer.</summary>
internal static class TokenCount
{
    /// <summary>Null when it is not there or makes no sense.</summary>
    public static long? Read(JsonElement usage, string name) =>
        usage.ValueKind == JsonValueKind.Object
        && usage.TryGetProperty(name, out var count)
        && count.ValueKind == JsonValueKind.Number
        && count.TryGetInt64(out var value)
        // A count beyond this is a fault of the sender's, and would overflow sums.
        && value is >= 0 and < 1_000_000_000_000
            ? value
            : null;
}
