using ClawCi.Events;
using ClawCi.Sessions;

namespace ClawCi.Artifacts;

/// <summary>What one task recorded.</summary>
internal sealed class TaskRecord
{
    public const string TranscriptFile = "transcript.jsonl";
    public const string PatchFile = "changes.patch";

    private readonly Func<byte[]>? _patch;

    /// <param name="id">Its id in the run and the name of its directory.</param>
    /// <param name="lines">Read anew each time they are gone through: no transcript is ever in memory as a whole.</param>
    /// <param name="patch">Reads <c>changes.patch</c>, anew each time: a run has many. Null when there is none.</param>
    public TaskRecord(string id, IEnumerable<TranscriptLine> lines, Func<byte[]>? patch)
    {
        (Id, Lines, _patch) = (id, lines, patch);
        Digest = TaskDigest.Of(lines);
        Ended = Digest.Ended ?? CutOff.End(Digest, Patch?.Length);
    }

    public string Id { get; }

    public IEnumerable<TranscriptLine> Lines { get; }

    /// <summary>The bytes of <c>changes.patch</c>; null when there is none.</summary>
    public byte[]? Patch => _patch?.Invoke();

    public TaskDigest Digest { get; }

    /// <summary>How it ended. A transcript without an end was cut off: that is an interruption too.</summary>
    public TaskEnded Ended { get; }

    /// <summary>Null when the transcript has not one whole line.</summary>
    public string? RunId => Digest.First?.RunId;

    public DateTimeOffset? StartedAt => Digest.First?.Ts;

    public string TranscriptHash => Digest.Hash;

    /// <summary>Null when the task ended before it began, for instance because its image could not be had.</summary>
    public RunStarted? Started => Digest.Started;

    public string Name => Started?.Name ?? Id;

    /// <summary>The transcript's path below the output directory.</summary>
    public string TranscriptPath => $"tasks/{Id}/{TranscriptFile}";

    /// <summary>The last run of each check that ended in something else than <c>pass</c>, in the order of the result.</summary>
    public IEnumerable<(CheckSummary Check, CheckRan? Ran)> RedChecks =>
        Ended
            .Checks.Where(check => check.Outcome != "pass")
            .Select(check => (check, Digest.Checks.FindLast(ran => ran.Id == check.Id && ran.Round == check.Round)));
}
