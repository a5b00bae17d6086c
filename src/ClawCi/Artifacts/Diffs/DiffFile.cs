namespace ClawCi.Artifacts.Diffs;

/// <summary>One file of a git patch.</summary>
/// <param name="Path">For people: bytes that are no printable text are escaped.</param>
/// <param name="Status"><c>added</c>, <c>deleted</c> or <c>modified</c>.</param>
/// <param name="OldMode">Six octal digits; null when the mode did not change, or there was no such file.</param>
/// <param name="NewMode">Likewise; of an added file its mode.</param>
/// <param name="Hunks">As many lines of them as were to be kept; the counts are of all.</param>
internal sealed record DiffFile(
    string Path,
    string Status,
    string? OldMode,
    string? NewMode,
    bool IsBinary,
    IReadOnlyList<DiffHunk> Hunks,
    int Additions,
    int Deletions,
    int LineCount
)
{
    public int KeptLines => Hunks.Sum(hunk => hunk.Lines.Count);
}

/// <summary>Lines that changed together.</summary>
/// <param name="Heading">What git found above them, such as the function's first line.</param>
internal sealed record DiffHunk(string Heading, IReadOnlyList<DiffLine> Lines);

/// <param name="Old">Line number before, from 1; null for an added line.</param>
/// <param name="New">Line number after; null for a removed line.</param>
internal sealed record DiffLine(DiffLineKind Kind, int? Old, int? New, string Text);

internal enum DiffLineKind
{
    Same,
    Added,
    Removed,

    /// <summary>Git's remark that the line before has no line feed.</summary>
    Remark,
}
