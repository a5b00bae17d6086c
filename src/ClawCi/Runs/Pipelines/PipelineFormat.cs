using ClawCi.Runs.Planning;

namespace ClawCi.Runs.Pipelines;

/// <summary>How an engine's own definition of a sharded run is spelled.</summary>
/// <param name="Most">Shards that the engine takes in one definition.</param>
/// <param name="Write">The definition; ends with a line feed.</param>
internal sealed record PipelineFormat(string Name, int Most, Func<ShardedRun, string> Write)
{
    /// <summary>
    /// GitHub: jobs of a matrix, docs.github.com/actions/reference/limits. GitLab: docs.gitlab.com/ci/yaml/#parallel. Slurm:
    /// MaxArraySize is 1001 unless the site says otherwise, and no index reaches it, slurm.schedmd.com/job_array.html.
    /// </summary>
    public static IReadOnlyList<PipelineFormat> All { get; } =
    [
        new("github-matrix", 256, GitHubMatrix.Write),
        new("gitlab", 200, GitLabPipeline.Write),
        new("kubernetes", Shard.Most, KubernetesJob.Write),
        new("slurm", 1000, SlurmArray.Write),
    ];

    public static PipelineFormat? Find(string name) => All.FirstOrDefault(format => format.Name == name);
}
