using ClawCi.Events;

namespace ClawCi.Sessions;

/// <summary>What stands on every line of a transcript beside the event.</summary>
/// <param name="Seq">From 1, one more each line: a gap is a loss.</param>
/// <param name="Prev">SHA-256 of the line before, lower-case hex; of the first line sixty-four zeros.</param>
internal sealed record TranscriptEnvelope(
    string Schema,
    long Seq,
    DateTimeOffset Ts,
    long ElapsedMs,
    string RunId,
    string TaskId,
    int Attempt,
    string AgentId,
    string Prev
)
{
    public const string CurrentSchema = "claw-ci.transcript/v1";
    public static readonly string FirstPrev = new('0', 64);
}

/// <param name="Event">Null for a type that this version does not know.</param>
/// <param name="Hash">SHA-256 of this line, lower-case hex: the next line's <c>prev</c>.</param>
internal sealed record TranscriptLine(TranscriptEnvelope Envelope, RunEvent? Event, string Hash);
