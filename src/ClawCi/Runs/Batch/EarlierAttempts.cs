using ClawCi.Conversations;
using ClawCi.Events;
using ClawCi.Runs.Planning;
using ClawCi.Runs.Resume;
using ClawCi.Sessions;

namespace ClawCi.Runs.Batch;

/// <summary>
/// The attempts at a task before the one that is made now, each whole in a directory of its own: <c>attempts/ID/N/</c>. What they
/// used counts against the task's limits.
/// </summary>
internal sealed class EarlierAttempts(string outDirectory, PlannedTask task)
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
        if (!Directory.Exists(Place))
            return;
        foreach (
            var attempt in Directory
                .GetDirectories(Place)
                .OrderBy(path => int.TryParse(Path.GetFileName(path), out var number) ? number : int.MaxValue)
        )
            Add(Path.Combine(attempt, TaskDirectory.TranscriptName));
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
        Add(Path.Combine(Place, $"{Directory.GetDirectories(Place).Length}", TaskDirectory.TranscriptName));
    }

    /// <summary>The same for tasks that are to begin anew.</summary>
    public static void Set(string outDirectory, IEnumerable<PlannedTask> tasks)
    {
        foreach (var task in tasks.Where(task => Directory.Exists(Path.Combine(outDirectory, "tasks", task.Id))))
            Set(outDirectory, task.Id);
    }

    private static void Set(string outDirectory, string taskId)
    {
        var place = Directory.CreateDirectory(Path.Combine(outDirectory, DirectoryName, taskId)).FullName;
        Directory.Move(
            Path.Combine(outDirectory, "tasks", taskId),
            Path.Combine(place, $"{Directory.GetDirectories(place).Length + 1}")
        );
    }

    private void Add(string transcript)
    {
        if (File.Exists(transcript))
            _attempts.Add(Progress.Of(TranscriptReader.Read(transcript)));
    }

    /// <summary>The last request failed, which no event of its own says.</summary>
    private static bool EndedUnanswered(Progress attempt) =>
        attempt.Ended is TaskEnded ended && ended.Outcome == Outcome.ModelUnavailable.Name();
}
