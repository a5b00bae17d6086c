using ClawCi.Cli.Arguments;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>Runs again what was recorded, with the recording in the model's place.</summary>
[Verb("replay")]
internal sealed record ReplayVerb : Verb
{
    public const string Help = """
        claw-ci replay DIR     run again what was recorded in DIR with --record; the recording answers as the model

        The task is read as it is now and the tools run again, so the workspace must be as it was before. A request that was not
        recorded ends the run replay-mismatch (exit 21) with the first difference. The patch is not applied. Reports go to
        DIR/replay; those of an earlier replay are replaced.
        """;

    /// <summary>Below the recorded run's directory, which the sandbox did not see and does not see now.</summary>
    public const string OutName = "replay";

    [Value(0)]
    public string Directory { get; init; } = "";

    public override Task<int> RunAsync(Invocation invocation)
    {
        var directory = Path.GetFullPath(Path.TrimEndingDirectorySeparator(Directory));
        var start = RecordedStart.Read(directory);
        try
        {
            Environment.CurrentDirectory = start.Directory;
        }
        catch (IOException e)
        {
            throw new UserErrorException(directory, $"the run was started in {start.Directory}: {e.Message}");
        }
        string[] words =
        [
            "run",
            $"--model=replay/{directory}",
            $"--out={Path.Combine(directory, OutName)}",
            "--apply=never",
            "--force",
            .. start.Options,
            "--",
            .. start.Tasks,
        ];
        return ArgumentReader.Read(words).RunAsync(invocation);
    }
}
