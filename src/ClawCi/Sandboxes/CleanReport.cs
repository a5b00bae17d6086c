namespace ClawCi.Sandboxes;

/// <summary>What was removed, or with <c>--list</c> would be: names as the daemon shows them.</summary>
/// <param name="Resumable">Volumes with which a killed run could be resumed, and which run that is.</param>
/// <param name="Kept">What belongs to a run that is still alive.</param>
internal sealed record CleanReport(
    IReadOnlyList<string> Containers,
    IReadOnlyList<string> Volumes,
    IReadOnlyList<string> Images,
    IReadOnlyList<string> Resumable,
    IReadOnlyList<string> Kept
);
