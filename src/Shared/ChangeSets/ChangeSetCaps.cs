namespace ClawCi.ChangeSets;

/// <summary>Bounds on a change set, held by whoever writes it and checked again by whoever reads it.</summary>
/// <param name="MaxEntries">Changed files.</param>
/// <param name="MaxSkipped">Skipped paths that are listed by name; the rest is counted.</param>
/// <param name="MaxFileBytes">One file, old or new. Larger ones are listed as skipped.</param>
/// <param name="MaxTotalBytes">All contents together, old and new.</param>
internal sealed record ChangeSetCaps(int MaxEntries, int MaxSkipped, long MaxFileBytes, long MaxTotalBytes)
{
    /// <summary>100 MiB is what the large forges accept in one file.</summary>
    public static ChangeSetCaps Default { get; } = new(200_000, 10_000, 100L << 20, 1L << 30);
}
