namespace ClawCi.Runs.Pipelines;

/// <summary>A run that an engine of the user's does in shards: what a definition for that engine is made of.</summary>
/// <param name="Tasks">How many the whole run has.</param>
/// <param name="Options">Of <c>claw-ci run</c>, as <c>--name=value</c>; without which shard it is and where it leaves its results.</param>
/// <param name="TaskFiles">As the command line named them.</param>
internal sealed record ShardedRun(int Tasks, int Shards, IReadOnlyList<string> Options, IReadOnlyList<string> TaskFiles)
{
    /// <summary>What <c>merge</c> makes of the shards' directories.</summary>
    public const string Joined = "claw-ci-out";

    /// <summary>Holds a directory for each shard.</summary>
    public const string Parts = "claw-ci-shards";

    public const string Image = "registry.example.com/claw-ci:0.1";

    /// <summary>
    /// What <c>claw-ci run</c> is given in every shard besides <c>--out</c>, and what is to become of an earlier try there.
    /// </summary>
    /// <param name="shard">The value of <c>--shard</c>.</param>
    public IReadOnlyList<string> Words(string shard) =>
        [
            .. Options,
            $"--shard={shard}",
            .. TaskFiles.Any(file => file.StartsWith('-')) ? ["--"] : Array.Empty<string>(),
            .. TaskFiles,
        ];

    /// <summary>The first line of a definition, without the sign of a comment.</summary>
    public string Title(string format) =>
        $"Written by claw-ci plan --format {format}: {Tasks} {(Tasks == 1 ? "task" : "tasks")} in {Shards} {(Shards == 1 ? "shard" : "shards")}.";
}
