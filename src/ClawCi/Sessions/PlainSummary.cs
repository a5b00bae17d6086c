namespace ClawCi.Sessions;

/// <summary>A summary without a model: the one before, and what the model said last.</summary>
internal static class PlainSummary
{
    private const int TextBytes = 1_500;

    public static string Of(SessionNotes notes, int maxBytes)
    {
        var texts = notes.Texts.Select(text => "- " + BothEnds.Of(text.Trim(), TextBytes, "the transcript has it"));
        var said =
            notes.Texts.Count == 0 ? "You said nothing in words." : "You said last:\n" + string.Join('\n', texts);
        // Half for each: an old summary must not crowd out what is new, nor the other way round.
        return notes.Replaced is { } before
            ? $"{BothEnds.Of(before.Summary, maxBytes / 2, "the transcript has it")}\n\nSince that summary: {BothEnds.Of(said, maxBytes / 2, "the transcript has it")}"
            : BothEnds.Of(said, maxBytes, "the transcript has it");
    }
}
