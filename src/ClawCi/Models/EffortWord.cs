namespace ClawCi.Models;

/// <summary>The word for an <see cref="Effort"/>, in task files and on every wire.</summary>
internal static class EffortWord
{
    public static string Of(Effort effort) =>
        effort switch
        {
            Effort.Low => "low",
            Effort.Medium => "medium",
            _ => "high",
        };
}
