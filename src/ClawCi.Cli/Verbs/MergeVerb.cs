using ClawCi.Artifacts.Merging;
using ClawCi.Cli.Arguments;
using CommandLine;

namespace ClawCi.Cli.Verbs;

/// <summary>Joins the results of shards.</summary>
[Verb("merge")]
internal sealed record MergeVerb : Verb
{
    public const string Help = """
        claw-ci merge DIR... [options]     join what the shards of a run left into one run with one result; no model, no Docker

        Nothing is written unless every task of the run has exactly one result: what is missing, there twice, not finished, edited or of
        another run is named (exit 3). Of a shard that was interrupted and run again into another directory name both: the whole one counts.
        Cost is the sum, and the exit code that of a run of all tasks.

          --out DIR                where the joined run goes; claw-ci-out by default
          --force                  replace the run that the out directory holds
          --output-format FORMAT   what stdout carries: text (the last words) or json (the result)
        """;

    [Value(0)]
    public IEnumerable<string> Directories { get; init; } = [];

    [Option("out")]
    public string? Out { get; init; }

    [Option("force")]
    public bool Force { get; init; }

    [Option("output-format")]
    public string OutputFormat { get; init; } = "text";

    public override Task<int> RunAsync(Invocation invocation)
    {
        if (OutputFormat is not ("text" or "json"))
            throw new UsageException($"--output-format {OutputFormat}: text or json.", "merge");
        var to = Path.GetFullPath(Out ?? OutDirectory.DefaultName);
        if (Directories.Any(directory => Path.GetFullPath(Path.TrimEndingDirectorySeparator(directory)) == to))
            throw new UsageException($"--out {to} is one of the shards. Choose another directory.", "merge");
        var results = new ShardMerge(Directories).Prove();
        if (results.Count == 0)
            throw new UserErrorException("claw-ci", "these shards have no tasks: there is nothing to merge");
        var current = Environment.CurrentDirectory;
        using var held = OutDirectory.Prepare(to, current, Force);
        foreach (var (id, from) in results)
            TaskCopy.Copy(from, to, id);
        return Task.FromResult(new RunEnding(to, owner: current, OutputFormat, invocation).Write());
    }
}
