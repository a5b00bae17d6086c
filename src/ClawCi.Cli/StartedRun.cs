using System.Text.Json;
using System.Text.Json.Serialization;
using ClawCi.Cli.Arguments;
using ClawCi.Runs;
using ClawCi.Runs.Planning;
using ClawCi.Runs.Resume;
using ClawCi.Sandboxes;

namespace ClawCi.Cli;

/// <summary>
/// How a run was started, and by which process it is looked after: what <c>resume</c> needs. In the output directory until the
/// run has ended.
/// </summary>
/// <param name="Process">The runner's id.</param>
/// <param name="Directory">The working directory, which relative paths are relative to.</param>
/// <param name="Options">As <c>--name=value</c>.</param>
/// <param name="Plans">What the plan of each task was made of, by the task's id.</param>
/// <param name="Kept">Ids of tasks that have a result of before and take no part.</param>
/// <param name="PutAside">By the task's id, how many attempts at it were put aside, and count for nothing any more.</param>
internal sealed record StartedRun(
    string Schema,
    string RunId,
    int Process,
    string Directory,
    IReadOnlyList<string> Options,
    IReadOnlyList<string> Tasks,
    IReadOnlyDictionary<string, PlanHashes> Plans,
    IReadOnlyList<string>? Kept = null,
    IReadOnlyDictionary<string, int>? PutAside = null
)
{
    private const string CurrentSchema = "claw-ci.started-run/v1";

    private static readonly string[] OwnOfResume =
    [
        "out",
        "force",
        "only-failed",
        "only-retryable",
        "durations",
        "output-format",
        "stream-format",
        "verbose",
        "quiet",
    ];

    /// <param name="run">The verb as it was read.</param>
    public static StartedRun Of(
        Verb run,
        IEnumerable<string> tasks,
        RunPlan plan,
        IEnumerable<PlannedTask> kept,
        IReadOnlyDictionary<string, int> putAside
    ) =>
        new(
            CurrentSchema,
            plan.RunId,
            Environment.ProcessId,
            Environment.CurrentDirectory,
            [.. RecordedStart.OptionsOf(run, OwnOfResume)],
            [.. tasks],
            plan.Tasks.ToDictionary(task => task.Id, PlanHashes.Of),
            [.. kept.Select(task => task.Id)],
            putAside
        );

    public void Write(string outDirectory) =>
        WholeFile.Write(
            Path.Combine(outDirectory, RunFile.Name),
            JsonSerializer.Serialize(this, StartedRunJson.Default.StartedRun) + "\n"
        );

    /// <returns>Null when there is none: the run has ended, or was none that can be resumed.</returns>
    public static StartedRun? Read(string outDirectory)
    {
        try
        {
            var file = File.ReadAllText(Path.Combine(outDirectory, RunFile.Name));
            var started = JsonSerializer.Deserialize(file, StartedRunJson.Default.StartedRun);
            return started is { Schema: CurrentSchema } ? started : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>From now on there is nothing to resume.</summary>
    public static void Delete(string outDirectory) => File.Delete(Path.Combine(outDirectory, RunFile.Name));
}

/// <summary>How it is spelled.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    NewLine = "\n"
)]
[JsonSerializable(typeof(StartedRun))]
internal sealed partial class StartedRunJson : JsonSerializerContext;
