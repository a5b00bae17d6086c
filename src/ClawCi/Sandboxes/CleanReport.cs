namespace ClawCi.Sandboxes;

/// <summary>What was removed, or with <c>--list</c> would be: names as the daemon shows them.</summary>
/// <param name="Kept">What belongs to a run that is still alive.</param>
internal sealed record CleanReport(
    IReadOnlyList<string> Containers,
    IReadOnlyList<string> Volumes,
    IReadOnlyList<string> Images,
    IReadOnlyList<string> Kept
);
