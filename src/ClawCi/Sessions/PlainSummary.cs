namespace ClawCi.Sessions;

/// <summary>A summary without a model: the one before, and what the model said last.</summary>
internal static class PlainSummary
{
    private const int TextBytes = 1_500;

    public static string Of(SessionNotes notes, int maxBytes) =>
        Of(notes.Replaced?.Summary ?? notes.Earlier?.Summary, notes.Texts, maxBytes);

    /// <param name="summary">The one before.</param>
    /// <param name="texts">What the model said since.</param>
    public static string Of(string? summary, IReadOnlyList<string> texts, int maxBytes)
    {
        var lines = texts.Select(text => "- " + BothEnds.Of(text.Trim(), TextBytes, "the transcript has it"));
        var said = texts.Count == 0 ? "You said nothing in words." : "You said last:\n" + string.Join('\n', lines);
        // Half for each: an old summary must not crowd out what is new, nor the other way round.
        return summary is { } before
            ? $"{BothEnds.Of(before, maxBytes / 2, "the transcript has it")}\n\nSince that summary: {BothEnds.Of(said, maxBytes / 2, "the transcript has it")}"
            : BothEnds.Of(said, maxBytes, "the transcript has it");
    }
}
