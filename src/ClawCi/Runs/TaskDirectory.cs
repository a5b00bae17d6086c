namespace ClawCi.Runs;

/// <summary>Where a task's files are: <c>tasks/ID/</c> below the output directory.</summary>
internal sealed class TaskDirectory
{
    public const string TranscriptName = "transcript.jsonl";
    public const string PatchName = "changes.patch";
    public const string SessionName = "session.json";
    public const string ResponseName = "response.json";
    public const string RecordingName = "recording";

    private readonly string _path;

    public TaskDirectory(string outDirectory, string taskId)
    {
        _path = Path.Combine(outDirectory, "tasks", taskId);
        Directory.CreateDirectory(Path.Combine(_path, "checks"));
    }

    public string Transcript => Path.Combine(_path, TranscriptName);

    public string Patch => Path.Combine(_path, PatchName);

    /// <summary>A file below the directory by its relative name.</summary>
    public string this[string relative] => Path.Combine(_path, relative);

    /// <summary>A file of bytes, named by their hash.</summary>
    public string Blob(string name) =>
        Path.Combine(Directory.CreateDirectory(Path.Combine(_path, "blobs")).FullName, name);

    /// <summary>The relative name of a check's log.</summary>
    /// <param name="rerun">0, or which repetition of the round it is of.</param>
    public static string CheckLog(int round, string id, int rerun) =>
        rerun == 0 ? $"checks/{round}-{id}.log" : $"checks/{round}-{id}.rerun-{rerun}.log";
}
