using ClawCi.Artifacts;
using ClawCi.Artifacts.Merging;
using ClawCi.Runs.Batch;
using ClawCi.Runs.Planning;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Artifacts;

/// <summary>Two shards over three tasks, of which the first has t-1 and t-3.</summary>
public sealed class ShardMergeTests : IDisposable
{
    private static readonly string[] Transcript = File.ReadAllLines(
        Path.Combine(SampleRun.FixtureDirectory(), "tasks", SampleRun.TaskId, TaskRecord.TranscriptFile)
    );

    private readonly TempDirectory _directory = new();

    public ShardMergeTests() => Shard("other", 2, "t-2");

    [Theory]
    [InlineData("t-3, cut")]
    [InlineData(null)]
    public void A_shard_that_was_run_again_counts_alone_when_the_first_is_not_whole(string? rest)
    {
        Shard("killed", 1, "t-1", rest);
        Shard("again", 1, "t-1", "t-3");

        Assert.Equal(["t-1 again", "t-2 other", "t-3 again"], Merged("killed", "again", "other"));
    }

    [Fact]
    public void Of_two_halves_each_gives_what_it_has()
    {
        Shard("one", 1, "t-1", "t-3, cut");
        Shard("two", 1, "t-1, cut", "t-3");

        Assert.Equal(["t-1 one", "t-2 other", "t-3 two"], Merged("one", "two", "other"));
    }

    [Fact]
    public void Two_whole_ones_are_refused()
    {
        Shard("one", 1, "t-1", "t-3");
        Shard("two", 1, "t-1", "t-3");

        var refused = Assert.Throws<UserErrorException>(() => Merged("one", "two", "other").ToList());

        Assert.Contains("has 2 results", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private void Shard(string name, int index, params IEnumerable<string?> tasks)
    {
        Directory.CreateDirectory(_directory[name]);
        ShardFile
            .Of(
                new Shard(index, 2),
                null,
                new Dictionary<string, string>
                {
                    ["t-1"] = "1",
                    ["t-2"] = "2",
                    ["t-3"] = "3",
                }
            )
            .Write(_directory[name]);
        foreach (var task in tasks.OfType<string>())
            _directory.Write(
                $"{name}/tasks/{task.Split(',')[0]}/transcript.jsonl",
                string.Concat(
                    Transcript
                        .SkipLast(task.EndsWith("cut", StringComparison.Ordinal) ? 1 : 0)
                        .Select(line => $"{line}\n")
                )
            );
    }

    private IEnumerable<string> Merged(params IEnumerable<string> names) =>
        new ShardMerge(names.Select(name => _directory[name]))
            .Prove()
            .OrderBy(task => task.Key, StringComparer.Ordinal)
            .Select(task => $"{task.Key} {Path.GetFileName(task.Value)}");
}
