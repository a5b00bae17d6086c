using ClawCi.Events;

namespace ClawCi.Artifacts;

/// <summary>That a killed run went on, as people read of it.</summary>
internal static class ResumeWords
{
    public static string Of(Resumed resumed) =>
        (resumed.KeepsLayers ? "with the files it had" : "from the checkout again")
        + (resumed.Interrupted is null ? "" : "; a tool call was under way, and nobody knows how far it came")
        + (
            resumed.CheckoutChanges is { Count: > 0 } changed
                ? $"; changed in the checkout meanwhile: {string.Join(", ", changed)}"
                : ""
        );
}
