namespace ClawCi.Runs.Pipelines;

/// <summary>
/// A matrix for GitHub Actions, one line of JSON for <c>fromJSON</c>: the numbers of the shards, and of how many. Not <c>1/4</c>,
/// since no artifact's name may hold a slash.
/// </summary>
internal static class GitHubMatrix
{
    public static string Write(ShardedRun run) =>
        $$"""{"shard":[{{string.Join(',', Enumerable.Range(1, run.Shards))}}],"of":[{{run.Shards}}]}""" + "\n";
}
