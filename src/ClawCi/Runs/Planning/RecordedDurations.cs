using System.Text.Json;

namespace ClawCi.Runs.Planning;

/// <summary>How long tasks took in an earlier run, from its <c>result.json</c>: those that took longest begin first.</summary>
internal sealed class RecordedDurations
{
    private const long MostBytes = 256 << 20;

    private readonly Dictionary<string, TimeSpan> _durations = [];

    /// <exception cref="UserErrorException">The file that was named is no result.</exception>
    public static RecordedDurations Read(RunRequest request)
    {
        var durations = new RecordedDurations();
        var own = Path.Combine(request.OutDirectory, "result.json");
        if (request.DurationsFile is { } named && durations.Add(named) is { } problem)
            throw new UserErrorException(named, $"{problem}; --durations is the result.json of an earlier run");
        // What lies where the run will report to is a help when it is a result, and nothing when it is not.
        if (request.DurationsFile is null && File.Exists(own))
            durations.Add(own);
        return durations;
    }

    public TimeSpan? Of(string taskId) => _durations.TryGetValue(taskId, out var duration) ? duration : null;

    /// <returns>What is wrong with the file; null when nothing is.</returns>
    private string? Add(string file)
    {
        try
        {
            if (new FileInfo(file).Length > MostBytes)
                return "it is too large";
            using var result = JsonDocument.Parse(File.ReadAllBytes(file));
            var tasks = result.RootElement.TryGetProperty("tasks", out var list)
                ? list.EnumerateArray()
                : JsonElement.Parse($"[{result.RootElement.GetRawText()}]").EnumerateArray();
            foreach (var task in tasks)
                _durations[task.GetProperty("task_id").GetString()!] = TimeSpan.FromMilliseconds(
                    task.GetProperty("duration_ms").GetInt64()
                );
            return null;
        }
        catch (Exception e)
            when (e
                    is IOException
                        or UnauthorizedAccessException
                        or JsonException
                        or InvalidOperationException
                        or KeyNotFoundException
                        or FormatException
                        or ArgumentException
            )
        {
            return e is IOException or UnauthorizedAccessException ? e.Message : "it is no result";
        }
    }
}
