namespace ClawCi.ChangeSets;

/// <summary>How an apply or a replay ended.</summary>
internal abstract record ApplyResult
{
    private ApplyResult() { }

    /// <param name="Files">Files that were added, modified or deleted.</param>
    internal sealed record Applied(int Files) : ApplyResult;

    /// <summary>The tree is not what the change set was made from. Nothing was touched.</summary>
    internal sealed record Mismatch(IReadOnlyList<ApplyConflict> Conflicts) : ApplyResult;

    /// <summary>The file system refused half-way and everything was put back.</summary>
    /// <param name="Leftover">Directory with the old files that could not be put back; null when all were.</param>
    internal sealed record Failed(string Reason, string? Leftover) : ApplyResult;
}

/// <param name="Path">Display form.</param>
/// <param name="Problem">What is not as expected, in a few words.</param>
internal sealed record ApplyConflict(string Path, string Problem);
