using System.Text.Json;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests;

/// <summary>Going on with what another try may help, after a run that ended and after one that was killed.</summary>
public sealed class OnlyRetryableTests : IDisposable
{
    private readonly TempDirectory _directory = new("only-retryable");

    public OnlyRetryableTests()
    {
        _directory.Write("work/a.txt", "one\n");
        _directory.Write("gate/open", "");
        _directory.Write(
            "script.yaml",
            """
            version: 1
            replies:
              - { tool-uses: [{ name: bash, input: { command: 'test $CLAW_MATRIX_N = 2 || echo x >> a.txt' } }] }
              - { tool-uses: [{ name: bash, input: { command: 'while test -e /gate/closed-$CLAW_MATRIX_N; do sleep 0.05; done' } }] }
              - { text: Done. }
            """
        );
        _directory.Write(
            "task.yaml",
            """
            version: 1
            name: t
            strategy: { matrix: { n: [1, 2, 3] } }
            model: scripted/script.yaml
            prompt: Do it.
            sandbox: { image: "claw-ci-demo:latest", pull: never, memory: 256Mi, mounts: [{ source: gate, target: /gate }] }
            """
        );
    }

    [Fact]
    public async Task What_failed_for_good_stays_and_what_was_killed_elsewhere_begins_anew()
    {
        _directory.Write("gate/closed-3", "");
        await KillAsync("--apply=never");
        await RefusedAsync("Docker no longer has what the agent made in t-3");
        string[] ended = [await TranscriptAsync("t-1"), await TranscriptAsync("t-2")];

        await KillAsync("--apply=never", "--only-retryable");
        await RefusedAsync("an attempt at t-3 before this one was killed too");
        File.Delete(_directory["gate/closed-3"]);
        var end = await RunAsync("--apply=never", "--only-retryable");

        Assert.Contains(
            "kept, because they have ended and are what they were: t-1, t-2",
            end.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(20, end.ExitCode);
        Assert.Equal(["success", "no-changes", "success"], await OutcomesAsync());
        Assert.Equal(ended[0], await TranscriptAsync("t-1"));
        Assert.Equal(ended[1], await TranscriptAsync("t-2"));
        Assert.Equal(2, Directory.GetDirectories(_directory["out/attempts/t-3"]).Length);
        Assert.False(Directory.Exists(_directory["out/attempts/t-2"]));
    }

    [Fact]
    public async Task When_it_is_killed_and_resumed_nothing_that_was_before_it_counts()
    {
        _directory.Write(
            "task.yaml",
            (await ReadAsync("task.yaml")).Replace(
                "[1, 2, 3] }",
                "[1, 2, 3] }, fail-fast: true",
                StringComparison.Ordinal
            ) + "\nlimits: { max-turns: 4 }\n"
        );
        Assert.Equal(0, (await RunAsync("--filter=t-1")).ExitCode);
        _directory.Write("gate/closed-2", "");
        _directory.Write("gate/closed-3", "");
        using (
            var red = ClawCiProgram.Start(
                _directory.Path,
                [.. Arguments("--only-retryable").Except(["--workers=1"]), "--workers=2"]
            )
        )
        {
            await UntilAtTheGateAsync();
            File.Delete(_directory["gate/closed-2"]);
            await ClawCiProgram.EndAsync(red);
        }
        Assert.Equal(["success", "no-changes", "interrupted"], await OutcomesAsync());

        await KilledAsync("--only-retryable");
        File.Delete(_directory["gate/closed-3"]);
        var end = await ClawCiProgram.RunAsync(_directory.Path, ["resume", "out"]);

        Assert.True(end.ExitCode == 20, end.Error);
        Assert.Equal(["success", "no-changes", "success"], await OutcomesAsync());
        Assert.Equal(3, ExampleRun.Json(_directory["out/tasks/t-3/result.json"]).GetProperty("num_turns").GetInt32());
        Assert.Equal("one\nx\nx\n", await ReadAsync("work/a.txt"));
    }

    [Fact]
    public async Task A_patch_that_may_be_half_in_the_checkout_is_not_begun_again()
    {
        Assert.Equal(0, (await RunAsync("--filter=t-1")).ExitCode);
        var lines = (await TranscriptAsync("t-1")).Split('\n').ToList();
        var applying = lines.FindIndex(line => line.Contains("\"type\":\"apply_begun\"", StringComparison.Ordinal));
        _directory.Write(
            "out/tasks/t-1/transcript.jsonl",
            string.Concat(lines.Take(applying + 1).Select(line => $"{line}\n"))
        );

        var end = await RunAsync("--filter=t-1", "--only-retryable");

        Assert.Equal(2, end.ExitCode);
        Assert.Contains(
            "the patch of t-1 was being applied when the run was killed",
            end.Error,
            StringComparison.Ordinal
        );
        Assert.Equal("one\nx\n", await ReadAsync("work/a.txt"));
    }

    [Fact]
    public async Task Where_there_is_no_run_everything_runs()
    {
        // What a run that was killed before its first task leaves.
        _directory.Write("out/shard.json", "");

        Assert.Equal(0, (await RunAsync("--filter=t-1", "--apply=never", "--only-retryable")).ExitCode);
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>Kills a run in the middle of the third task, and takes what that had made as another machine would not have it.</summary>
    private async Task KillAsync(params string[] flags)
    {
        await KilledAsync(flags);
        var ours = $"--filter label=claw-ci.out={_directory["out"]}";
        await ExampleRun.ShellAsync(
            _directory.Path,
            $"while left=$(docker ps --all --quiet {ours}) && [ -n \"$left\" ]; do docker rm --force $left; sleep 0.1; done; docker volume ls --quiet {ours} | xargs docker volume rm"
        );
    }

    private async Task KilledAsync(params string[] flags)
    {
        using var run = ClawCiProgram.Start(_directory.Path, Arguments(flags));
        // The one before is put aside first.
        while (Directory.Exists(_directory["out/attempts/t-3"]) != flags.Contains("--only-retryable"))
            await Task.Delay(20, TestContext.Current.CancellationToken);
        await UntilAtTheGateAsync();
        run.Kill();
        await ClawCiProgram.EndAsync(run);
    }

    private async Task UntilAtTheGateAsync()
    {
        while (
            !File.Exists(_directory["out/tasks/t-3/transcript.jsonl"])
            || (await TranscriptAsync("t-3")).Split("\"tool_call\"").Length <= 2
        )
            await Task.Delay(20, TestContext.Current.CancellationToken);
    }

    private async Task<IEnumerable<string?>> OutcomesAsync() =>
        JsonElement
            .Parse(await ReadAsync("out/result.json"))
            .GetProperty("tasks")
            .EnumerateArray()
            .Select(task => task.GetProperty("outcome").GetString());

    private async Task RefusedAsync(string why)
    {
        var end = await ClawCiProgram.RunAsync(_directory.Path, ["resume", "out"]);
        Assert.Equal(2, end.ExitCode);
        Assert.Contains(why, end.Error, StringComparison.Ordinal);
        Assert.Contains("--only-retryable", end.Error, StringComparison.Ordinal);
    }

    private string[] Arguments(params string[] flags) =>
        ["run", "task.yaml", "--workspace=work", "--out=out", "--workers=1", .. flags];

    private Task<ProgramEnd> RunAsync(params string[] flags) =>
        ClawCiProgram.RunAsync(_directory.Path, Arguments(flags));

    private Task<string> TranscriptAsync(string task) => ReadAsync($"out/tasks/{task}/transcript.jsonl");

    private Task<string> ReadAsync(string file) =>
        File.ReadAllTextAsync(_directory[file], TestContext.Current.CancellationToken);
}
