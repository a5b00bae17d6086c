namespace ClawCi.Sessions;

/// <summary>What a check of one transcript found.</summary>
/// <param name="Lines">Whole ones.</param>
/// <param name="LastHash">Of the last line.</param>
/// <param name="TaskId">Null when there is no line that says so.</param>
/// <param name="Errors">In the order of the file; of very many the first.</param>
/// <param name="Notes">What is allowed and worth knowing.</param>
internal sealed record TranscriptFindings(
    long Lines,
    string LastHash,
    string? TaskId,
    IReadOnlyList<UserError> Errors,
    IReadOnlyList<string> Notes
);
