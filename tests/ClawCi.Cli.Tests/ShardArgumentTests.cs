using ClawCi.Cli.Arguments;
using Xunit;

namespace ClawCi.Cli.Tests;

/// <summary>Which shard a job is, by flag or by what its engine says.</summary>
public sealed class ShardArgumentTests
{
    [Theory]
    [InlineData("2/3", "", "2/3")]
    [InlineData("auto", "CI_NODE_INDEX=1 CI_NODE_TOTAL=4", "1/4")]
    [InlineData("auto", "CI_NODE_TOTAL=1", "1/1")]
    [InlineData("auto", "BUILDKITE_PARALLEL_JOB=0 BUILDKITE_PARALLEL_JOB_COUNT=4", "1/4")]
    [InlineData("auto", "CIRCLE_NODE_INDEX=3 CIRCLE_NODE_TOTAL=4", "4/4")]
    [InlineData("auto", "SYSTEM_JOBPOSITIONINPHASE=2 SYSTEM_TOTALJOBSINPHASE=4", "2/4")]
    [InlineData("auto/4", "JOB_COMPLETION_INDEX=0", "1/4")]
    [InlineData(
        "auto",
        "SLURM_ARRAY_TASK_ID=20 SLURM_ARRAY_TASK_MIN=10 SLURM_ARRAY_TASK_MAX=30 SLURM_ARRAY_TASK_STEP=5",
        "3/5"
    )]
    [InlineData("auto", "SLURM_ARRAY_TASK_ID=0 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=2", "1/3")]
    [InlineData("auto", "SGE_TASK_ID=3 SGE_TASK_FIRST=1 SGE_TASK_LAST=4 SGE_TASK_STEPSIZE=1", "3/4")]
    [InlineData("auto", "SGE_TASK_ID=undefined CI_NODE_INDEX=2 CI_NODE_TOTAL=2", "2/2")]
    [InlineData("auto", "CI_NODE_INDEX=2 CI_NODE_TOTAL=3 SYSTEM_JOBPOSITIONINPHASE=2 SYSTEM_TOTALJOBSINPHASE=3", "2/3")]
    public void A_shard_is_counted_from_one_whatever_the_engine_counts_from(
        string given,
        string variables,
        string expected
    ) => Assert.Equal(expected, $"{Read(given, variables)}");

    [Theory]
    [InlineData("0/3", "", "I/N is expected")]
    [InlineData("4/3", "", "I/N is expected")]
    [InlineData("3", "", "I/N is expected")]
    [InlineData("auto/x", "", "I/N is expected")]
    [InlineData("auto", "", "no variable says which shard this is")]
    [InlineData("auto", "JOB_COMPLETION_INDEX=0", "nothing of how many. Write --shard auto/N")]
    [InlineData("auto", "CI_NODE_INDEX=5 CI_NODE_TOTAL=4", "make shard 5 of 4, which there cannot be")]
    [InlineData("auto/2", "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=4", "make shard 3 of 2")]
    [InlineData(
        "auto",
        "CI_NODE_INDEX=1 CI_NODE_TOTAL=4 BUILDKITE_PARALLEL_JOB=1 BUILDKITE_PARALLEL_JOB_COUNT=4",
        "the variables contradict each other: GitLab: CI_NODE_INDEX=1, CI_NODE_TOTAL=4 say 1/4; Buildkite"
    )]
    public void What_does_not_say_one_shard_is_refused(string given, string variables, string error) =>
        Assert.Contains(
            error,
            Assert.Throws<UsageException>(() => Read(given, variables)).Message,
            StringComparison.Ordinal
        );

    private static ClawCi.Runs.Planning.Shard? Read(string given, string variables)
    {
        var all = variables
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('='))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        return ShardArgument.Read(given, name => all.GetValueOrDefault(name), "run")?.Shard;
    }
}
