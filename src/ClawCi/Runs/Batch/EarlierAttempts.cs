using ClawCi.Conversations;
using ClawCi.Events;
using ClawCi.Runs.Planning;
using ClawCi.Runs.Resume;
using ClawCi.Sessions;

namespace ClawCi.Runs.Batch;

/// <summary>
/// The attempts at a task before the one that is made now, each whole in a directory of its own: <c>attempts/ID/N/</c>. What they
/// used counts against the task's limits; of what was put aside for the task to begin anew, it does not.
/// </summary>
/// <param name="putAside">So many of them were put aside.</param>
internal sealed class EarlierAttempts(string outDirectory, PlannedTask task, int putAside = 0)
{
    public const string DirectoryName = "attempts";

    private readonly List<Progress> _attempts = [];

    public int Count => _attempts.Count;

    /// <summary>Answers of the model that they used up.</summary>
    public int Requests => _attempts.Sum(attempt => attempt.Requests + (EndedUnanswered(attempt) ? 1 : 0));

    /// <summary>Those of subagents among them.</summary>
    public int RequestsBelow => _attempts.Sum(attempt => attempt.RequestsBelow);

    /// <summary>Whether one of them was killed: Docker may still have its layers, under the name of this one's.</summary>
    public bool AnyWasCut => _attempts.Any(attempt => attempt.Ended is null);

    public TimeSpan Elapsed => TimeSpan.FromMilliseconds(_attempts.Sum(attempt => attempt.ElapsedMs));

    private string Place => Path.Combine(outDirectory, DirectoryName, task.Id);

    /// <summary>Reads those of a run that was killed.</summary>
    public void Read()
    {
        for (var number = putAside + 1; number <= CountOf(Place); number++)
            Add(Path.Combine(Place, $"{number}", TaskDirectory.TranscriptName));
    }

    /// <summary>Counts what they used, and then what the attempt that is gone on with has used so far.</summary>
    public void Fill(Ledger ledger, Resumption? soFar)
    {
        var turns = 0;
        foreach (var attempt in _attempts)
        {
            new Resumption(attempt, null, []).Fill(ledger, task.Model, task.FallbackModels, turns);
            // Turns are counted on from attempt to attempt.
            turns = Math.Max(turns, attempt.Turns);
        }
        soFar?.Fill(ledger, task.Model, task.FallbackModels, turns);
    }

    /// <summary>Makes what is in the task's directory an earlier attempt: in one step, so that a kill finds it here or there.</summary>
    public void Take()
    {
        Set(outDirectory, task.Id);
        Add(Path.Combine(Place, $"{CountOf(Place)}", TaskDirectory.TranscriptName));
    }

    /// <summary>How many there will be, by the task's id, when tasks have begun anew.</summary>
    public static Dictionary<string, int> ToPutAside(string outDirectory, IEnumerable<PlannedTask> tasks) =>
        tasks.ToDictionary(
            task => task.Id,
            task =>
                CountOf(Path.Combine(outDirectory, DirectoryName, task.Id))
                + (Directory.Exists(Path.Combine(outDirectory, "tasks", task.Id)) ? 1 : 0)
        );

    /// <summary>Puts aside what is in the directories of tasks that begin anew. Called again after a kill, it does what is left of it.</summary>
    /// <param name="counts">As <see cref="ToPutAside"/> gave them.</param>
    public static void PutAside(string outDirectory, IReadOnlyDictionary<string, int> counts)
    {
        foreach (var (id, count) in counts)
        {
            if (CountOf(Path.Combine(outDirectory, DirectoryName, id)) < count)
                Set(outDirectory, id);
        }
    }

    private static void Set(string outDirectory, string taskId)
    {
        var place = Directory.CreateDirectory(Path.Combine(outDirectory, DirectoryName, taskId)).FullName;
        Directory.Move(Path.Combine(outDirectory, "tasks", taskId), Path.Combine(place, $"{CountOf(place) + 1}"));
    }

    private static int CountOf(string place) => Directory.Exists(place) ? Directory.GetDirectories(place).Length : 0;

    private void Add(string transcript)
    {
        if (File.Exists(transcript))
            _attempts.Add(Progress.Of(TranscriptReader.Read(transcript)));
    }

    /// <summary>The last request failed, which no event of its own says.</summary>
    private static bool EndedUnanswered(Progress attempt) =>
        attempt.Ended is TaskEnded ended && ended.Outcome == Outcome.ModelUnavailable.Name();
}
