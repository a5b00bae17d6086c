using System.Text.Json;
using System.Text.Json.Nodes;
using ClawCi.Sessions;

namespace ClawCi.Artifacts;

/// <summary>Checks the transcripts of files and of directories of runs, and that a run's result names their ends.</summary>
internal static class TranscriptValidation
{
    /// <exception cref="UserErrorException">A path holds no transcript, or cannot be read.</exception>
    public static IEnumerable<(string Path, TranscriptFindings Findings)> Of(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            if (!Directory.Exists(path))
            {
                yield return (path, Check(path));
                continue;
            }
            var ends = Ends(Path.Combine(path, "result.json"));
            foreach (var file in FilesOf(path))
            {
                var findings = Check(file);
                yield return (file, IsEnd(findings, ends) ? findings : WithWrongEnd(file, findings));
            }
        }
    }

    private static TranscriptFindings Check(string path)
    {
        try
        {
            return TranscriptCheck.Of(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(path, e is FileNotFoundException ? "is not there." : e.Message);
        }
    }

    private static string[] FilesOf(string directory)
    {
        var own = Path.Combine(directory, TaskRecord.TranscriptFile);
        if (File.Exists(own))
            return [own];
        var tasks = Path.Combine(directory, "tasks");
        string[] files = Directory.Exists(tasks)
            ?
            [
                .. Directory
                    .GetDirectories(tasks)
                    .Select(task => Path.Combine(task, TaskRecord.TranscriptFile))
                    .Where(File.Exists)
                    .Order(StringComparer.Ordinal),
            ]
            : [];
        return files.Length > 0
            ? files
            : throw new UserErrorException(directory, $"holds no {TaskRecord.TranscriptFile}, and no tasks that do.");
    }

    /// <summary>The hash of the last line that a run's result.json has for each task; none when there is no such file.</summary>
    private static Dictionary<string, string> Ends(string path)
    {
        if (!File.Exists(path))
            return [];
        try
        {
            var root = JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject;
            return (root?["tasks"] as JsonArray ?? [root?.DeepClone()])
                .OfType<JsonObject>()
                .Where(task => task.ContainsKey("transcript_sha256"))
                .ToDictionary(task => $"{task["task_id"]}", task => $"{task["transcript_sha256"]}");
        }
        catch (JsonException e)
        {
            throw new UserErrorException(path, e.Message);
        }
    }

    private static bool IsEnd(TranscriptFindings findings, Dictionary<string, string> ends) =>
        findings.TaskId is not { } id || !ends.TryGetValue(id, out var hash) || hash == findings.LastHash;

    private static TranscriptFindings WithWrongEnd(string file, TranscriptFindings findings) =>
        findings with
        {
            Errors =
            [
                .. findings.Errors,
                new(
                    file,
                    null,
                    null,
                    "its last line is not the one that result.json names: lines are missing, or more"
                ),
            ],
        };
}
