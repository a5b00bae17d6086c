using ClawCi.Events;
using ClawCi.Sessions;

namespace ClawCi.Artifacts;

/// <summary>What one task recorded.</summary>
/// <param name="Id">Its id in the run and the name of its directory.</param>
/// <param name="Patch">The bytes of <c>changes.patch</c>; null when there is none.</param>
internal sealed record TaskRecord(string Id, IReadOnlyList<TranscriptLine> Lines, byte[]? Patch)
{
    public const string TranscriptFile = "transcript.jsonl";
    public const string PatchFile = "changes.patch";

    /// <summary>Null when the transcript has not one whole line.</summary>
    public string? RunId => Lines.Count == 0 ? null : Lines[0].Envelope.RunId;

    public DateTimeOffset? StartedAt => Lines.Count == 0 ? null : Lines[0].Envelope.Ts;

    /// <summary>Hash of the last line, which stands for the whole transcript.</summary>
    public string TranscriptHash => Lines.Count == 0 ? TranscriptEnvelope.FirstPrev : Lines[^1].Hash;

    /// <summary>Null when the task ended before it began, for instance because its image could not be had.</summary>
    public RunStarted? Started { get; } = Lines.Select(line => line.Event).OfType<RunStarted>().FirstOrDefault();

    /// <summary>How it ended. A transcript without an end was cut off: that is an interruption too.</summary>
    public TaskEnded Ended { get; } =
        Lines.Select(line => line.Event).OfType<TaskEnded>().LastOrDefault() ?? CutOff.End(Lines, Patch);

    public string Name => Started?.Name ?? Id;

    /// <summary>The events of one kind, in order.</summary>
    public IEnumerable<T> Events<T>()
        where T : RunEvent => Lines.Select(line => line.Event).OfType<T>();
}
