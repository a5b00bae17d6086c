using ClawCi.Artifacts;
using ClawCi.Cli.Arguments;
using ClawCi.Runs;
using ClawCi.Runs.Batch;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>Finishes a run that was killed.</summary>
[Verb("resume")]
internal sealed record ResumeVerb : Verb
{
    public const string Help = """
        claw-ci resume DIR [options]     finish the run in DIR, whose runner was killed

        Goes on where it was: what setup and the agent made is kept, tool calls that were done are not done again, limits and cost go on
        counting. The one call that was under way may have had its effect; the model is told so. Task, policy and checkout must be as they
        were when the run began, and Docker must still have the run's volumes. A run that has ended is not resumed.

          --output-format FORMAT   what stdout carries: text (the last words), json (the result) or stream-json (the events)
          --verbose                log what the tools answered too
          --quiet                  log warnings and the end only
        """;

    [Value(0)]
    public string Directory { get; init; } = "";

    [Option("output-format")]
    public string? OutputFormat { get; init; }

    [Option("verbose")]
    public bool Verbose { get; init; }

    [Option("quiet")]
    public bool Quiet { get; init; }

    public override Task<int> RunAsync(Invocation invocation)
    {
        var directory = Path.GetFullPath(Path.TrimEndingDirectorySeparator(Directory));
        var started = StartedRun.Read(directory);
        if (started is null && !System.IO.Directory.Exists(Path.Combine(directory, "tasks")))
            throw Impossible(directory, "there is no run here. Name the directory that `run --out` wrote.");
        using var held = RunLock.Take(directory);
        if (held is null)
            throw Impossible(
                directory,
                $"the run is still going on{(started is null ? "" : $", as process {started.Process}")}."
            );
        if (started is null)
            throw Impossible(directory, WhyNot(directory));
        try
        {
            Environment.CurrentDirectory = started.Directory;
        }
        catch (IOException e)
        {
            throw Impossible(directory, $"it was started in {started.Directory}: {e.Message}");
        }
        List<string> words = ["run", $"--out={directory}", .. started.Options];
        if (OutputFormat is not null)
            words.Add($"--output-format={OutputFormat}");
        if (Verbose)
            words.Add("--verbose");
        if (Quiet)
            words.Add("--quiet");
        var run = (RunVerb)ArgumentReader.Read([.. words, "--", .. started.Tasks]);
        // Whoever takes the directory next must wait for the run, not for this method.
        held.Dispose();
        return run.ResumeAsync(invocation, started);
    }

    internal static UsageException Impossible(string directory, string why) =>
        new($"{directory} cannot be resumed: {why}", "resume");

    private static string WhyNot(string directory)
    {
        var ends = RunRecord.Read(directory).Tasks.Select(task => task.Ended).ToList();
        return ends.TrueForAll(end => end.Reason != CutOff.Reason)
            ? $"this run has ended: {string.Join(", ", ends.Select(end => end.Outcome).Distinct())}. `claw-ci report` makes its reports again, "
                + "`claw-ci run --force` runs anew."
            : "it had no sandbox, or its task came from standard input, and neither is there any more. `claw-ci report` writes down what it had "
                + "come to, `claw-ci run --force` runs anew.";
    }
}
