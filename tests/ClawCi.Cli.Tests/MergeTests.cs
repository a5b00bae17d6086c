using System.Text.Json;
using ClawCi.Cli.Tests.Resuming;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests;

/// <summary>Shards as jobs start them, and what joins them.</summary>
[Collection(Cleaning.Name)]
public sealed class MergeTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public MergeTests()
    {
        _directory.Write("work/a.txt", "one\n");
        _directory.Write(
            "script.yaml",
            """
            version: 1
            model: claude-sonnet-4-5
            replies:
              - { tool-uses: [{ name: bash, input: { command: "echo x > made; while test -e /gate/closed; do sleep 0.05; done" } }] }
              - { text: Done. }
            """
        );
        _directory.Write("gate/open", "");
        _directory.Write(
            "task.yaml",
            """
            version: 1
            name: t
            strategy: { matrix: { n: [1, 2, 3, 4, 5] } }
            model: scripted/script.yaml
            prompt: Do it.
            sandbox: { image: "claw-ci-demo:latest", pull: never, memory: 256Mi, mounts: [{ source: gate, target: /gate }] }
            # A call that is killed before its command began changes nothing, and is not made again.
            expect-changes: false
            apply: never
            """
        );
    }

    [Fact]
    public async Task Shards_of_which_one_is_killed_lose_nothing_and_repeat_nothing()
    {
        var first = await RunAsync(1);
        Assert.Contains(
            "claw-ci: shard 1/3 (GitLab: CI_NODE_INDEX=1, CI_NODE_TOTAL=3): 2 of 5 tasks",
            first.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(0, first.ExitCode);
        _directory.Write("gate/closed", "");
        using (var killed = ClawCiProgram.Start(_directory.Path, Arguments(2), Job(2)))
        {
            await WaitForAsync("shards/2/tasks/t-2/transcript.jsonl", "\"tool_call\"");
            killed.Kill();
            await ClawCiProgram.EndAsync(killed);
        }
        File.Delete(_directory["gate/closed"]);

        var early = await MergeAsync("shards/1", "shards/2");
        Assert.Equal(3, early.ExitCode);
        Assert.Contains("t-2: was not finished in", early.Error, StringComparison.Ordinal);
        Assert.Contains("shard 3/3: there is no result of t-3", early.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory["all"]));

        Assert.Equal(0, (await RunAsync(3)).ExitCode);
        Assert.Equal(0, (await ClawCiProgram.RunAsync(_directory.Path, ["resume", "shards/2"])).ExitCode);
        var merged = await MergeAsync("shards/1", "shards/2", "shards/3");

        Assert.Equal(0, merged.ExitCode);
        using var result = JsonDocument.Parse(await ReadAsync("all/result.json"));
        var tasks = result.RootElement.GetProperty("tasks").EnumerateArray().ToList();
        Assert.Equal(
            ["t-1", "t-2", "t-3", "t-4", "t-5"],
            tasks.Select(task => task.GetProperty("task_id").GetString())
        );
        Assert.Equal(3, tasks.Select(task => task.GetProperty("run_id").GetString()).Distinct().Count());
        Assert.Equal(
            tasks.Sum(task => task.GetProperty("total_cost_usd").GetDecimal()),
            result.RootElement.GetProperty("totals").GetProperty("total_cost_usd").GetDecimal()
        );
        Assert.Equal(
            await ReadAsync("shards/2/tasks/t-2/transcript.jsonl"),
            await ReadAsync("all/tasks/t-2/transcript.jsonl")
        );

        await ExampleRun.ShellAsync(
            _directory.Path,
            "cp -r shards/1 shards/1-again && sed -i s/made/mend/ shards/3/tasks/t-3/transcript.jsonl"
        );
        var twice = await MergeAsync("shards/1", "shards/1-again", "shards/2", "--force");
        Assert.Equal(3, twice.ExitCode);
        Assert.Contains("t-1: has 2 results", twice.Error, StringComparison.Ordinal);
        var edited = await MergeAsync("shards/1", "shards/2", "shards/3", "--force");
        Assert.Equal(3, edited.ExitCode);
        Assert.Contains("t-3/transcript.jsonl", edited.Error, StringComparison.Ordinal);
        // What was merged is still there.
        Assert.True(File.Exists(_directory["all/result.json"]));
    }

    [Fact]
    public async Task A_shard_without_tasks_succeeds_and_is_merged_with_the_others()
    {
        _directory.Write(
            "task.yaml",
            (await ReadAsync("task.yaml")).Replace("[1, 2, 3, 4, 5]", "[1]", StringComparison.Ordinal)
        );

        Assert.Equal(0, (await RunAsync(1, 2)).ExitCode);
        Assert.Equal(0, (await RunAsync(2, 2)).ExitCode);
        var merged = await MergeAsync("shards/1", "shards/2");

        Assert.Equal(0, merged.ExitCode);
        Assert.Equal("Done.\n", merged.Output);
    }

    [Fact]
    public async Task Shards_of_different_tasks_are_not_merged()
    {
        Assert.Equal(0, (await RunAsync(1)).ExitCode);
        _directory.Write(
            "task.yaml",
            (await ReadAsync("task.yaml")).Replace("Do it.", "Do that.", StringComparison.Ordinal)
        );
        Assert.Equal(0, (await RunAsync(3)).ExitCode);

        var merged = await MergeAsync("shards/1", "shards/3");

        Assert.Equal(3, merged.ExitCode);
        Assert.Contains("had another task file, policy or commit for t-1", merged.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private static string[] Arguments(int shard) =>
        ["run", "task.yaml", "--workspace=work", $"--out=shards/{shard}", "--shard=auto", "--workers=1"];

    private static Dictionary<string, string?> Job(int shard, int shards = 3) =>
        new() { ["CI_NODE_INDEX"] = $"{shard}", ["CI_NODE_TOTAL"] = $"{shards}" };

    private Task<ProgramEnd> RunAsync(int shard, int shards = 3) =>
        ClawCiProgram.RunAsync(_directory.Path, Arguments(shard), environment: Job(shard, shards));

    private Task<ProgramEnd> MergeAsync(params string[] words) =>
        ClawCiProgram.RunAsync(_directory.Path, ["merge", .. words, "--out=all"]);

    private async Task WaitForAsync(string file, string text)
    {
        while (!File.Exists(_directory[file]) || !(await ReadAsync(file)).Contains(text, StringComparison.Ordinal))
            await Task.Delay(20, TestContext.Current.CancellationToken);
    }

    private Task<string> ReadAsync(string file) =>
        File.ReadAllTextAsync(_directory[file], TestContext.Current.CancellationToken);
}
