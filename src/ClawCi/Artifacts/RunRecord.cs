using ClawCi.Sessions;

namespace ClawCi.Artifacts;

/// <summary>What a run recorded, read from its output directory. Every artifact is a pure function of it.</summary>
/// <param name="Tasks">Sorted by id.</param>
internal sealed record RunRecord(string RunId, IReadOnlyList<TaskRecord> Tasks)
{
    /// <summary>
    /// Reads <c>tasks/*/transcript.jsonl</c> and <c>changes.patch</c>. Throws <see cref="UserErrorException"/> when the
    /// directory holds no run, or a transcript that was edited.
    /// </summary>
    public static RunRecord Read(string outDirectory)
    {
        var directory = Path.Combine(outDirectory, "tasks");
        IReadOnlyList<string> found = Directory.Exists(directory) ? Directory.GetDirectories(directory) : [];
        TaskRecord[] tasks =
        [
            .. found
                .Where(task => File.Exists(Path.Combine(task, TaskRecord.TranscriptFile)))
                .Order(StringComparer.Ordinal)
                .Select(ReadTask),
        ];
        if (tasks.Length == 0)
        {
            throw new UserErrorException(
                outDirectory,
                $"no run here: there is no tasks/*/{TaskRecord.TranscriptFile}. Name the directory that `run --out` wrote."
            );
        }
        var runId = tasks.Select(task => task.RunId).FirstOrDefault(id => id is not null);
        return new RunRecord(runId ?? "unknown", tasks);
    }

    private static TaskRecord ReadTask(string directory)
    {
        var patch = Path.Combine(directory, TaskRecord.PatchFile);
        return new TaskRecord(
            Path.GetFileName(directory),
            TranscriptReader.Stream(Path.Combine(directory, TaskRecord.TranscriptFile)),
            File.Exists(patch) ? () => File.ReadAllBytes(patch) : null
        );
    }
}
