using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests.Slurm;

/// <summary>The script that <c>plan --format slurm</c> writes, as it is, on a Slurm that is one.</summary>
public sealed class SlurmArrayTests : IDisposable
{
    private const string Shards = "claw-ci-shards";

    private readonly TempDirectory _directory = new("slurm-array");

    public SlurmArrayTests()
    {
        _directory.Write("work/a.txt", "one\n");
        WriteTask("task.yaml", "name: t\nstrategy: { matrix: { n: [1, 2, 3, 5, 6, 7] } }", "script.yaml");
        _directory.Write(
            "script.yaml",
            """
            version: 1
            model: claude-sonnet-4-5
            replies:
              - { tool-uses: [{ name: bash, input: { command: "echo x >> made" } }] }
              - { tool-uses: [{ name: bash, input: { command: "while test -e /gate/${CLAW_MATRIX_N-open}; do sleep 0.05; done" } }] }
              - { text: Done. }

            """
        );
        // Alone in its shard, whose exit code is therefore its own.
        WriteTask("away.yaml", "name: t-4", "away.script.yaml");
        _directory.Write("away.script.yaml", "version: 1\nreplies: [{ status: 529, retry-after: 0, repeat: 9 }]\n");
        foreach (var second in new[] { "5", "6", "7" })
            _directory.Write($"gate/{second}", "");
    }

    [Fact]
    public async Task An_element_that_is_queued_again_goes_on_and_repeats_nothing_that_had_ended()
    {
        await using var node = await SlurmNode.StartAsync();
        Task<string> Slurm(string command) => node.ShellAsync(_directory.Path, command);
        await Slurm(
            "claw-ci plan --format slurm --shards 4 --workspace work --workers 1 task.yaml away.yaml > array.sh"
        );
        var commands = (await Slurm("sed -n 's/^#   //p' array.sh")).Replace(
            "FILE",
            "array.sh",
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "id=$(sbatch --parsable array.sh)\nsbatch --dependency=afterany:\"$id\" --wrap ",
            commands,
            StringComparison.Ordinal
        );
        var (begin, merge) = (commands.Split('\n')[0], commands.Split('\n')[1]);

        var id = (await Slurm($"{begin} && echo $id")).Trim();
        await Task.WhenAll(UntilCutAsync(1, "t-5"), UntilCutAsync(2, "t-6"), UntilCutAsync(3, "t-7"));
        // The model comes back while the element that missed it waits in the queue.
        await UntilAsync(
            $"{Shards}/4/result.json",
            text => text.Contains("\"model-unavailable\"", StringComparison.Ordinal)
        );
        _directory.Write("away.script.yaml", await ReadAsync("script.yaml"));
        var ended = await EndedAsync();
        async Task QueueAgainAsync(int shard, string state, string containers)
        {
            await node.UntilAsync($"{id}_{shard}", state);
            await NoneAsync(containers, shard);
            await Slurm($"scontrol requeue {id}_{shard}");
        }

        await Slurm($"scontrol requeue {id}_1");
        await Slurm($"kill -9 {ExampleRun.Json(_directory[$"{Shards}/2/resume.json"]).GetProperty("process")}");
        await Slurm($"scancel {id}_3");
        await Task.WhenAll(
            node.UntilAsync($"{id}_1", "PENDING|RUNNING"),
            // What was ready and never began goes with the next run.
            QueueAgainAsync(2, "FAILED", "docker ps"),
            QueueAgainAsync(3, "CANCELLED", "docker ps --all")
        );
        await Slurm("rm gate/*");
        var merged = (await Slurm($"id={id}; {merge}")).Trim().Split(' ')[^1];
        Assert.Equal("COMPLETED", await node.UntilAsync(merged, "COMPLETED|FAILED"));

        var tasks = ExampleRun
            .Json(_directory["claw-ci-out/result.json"])
            .GetProperty("tasks")
            .EnumerateArray()
            .ToList();
        Assert.Equal(
            Enumerable.Range(1, 7).Select(n => $"t-{n} success 3"),
            tasks.Select(task =>
                $"{task.GetProperty("task_id")} {task.GetProperty("outcome")} {task.GetProperty("num_turns")}"
            )
        );
        Assert.Equal(ended, await EndedAsync());
        // Ended by Slurm's SIGTERM, and begun anew; killed, and resumed.
        Assert.Equal(
            ["1/attempts/t-5", "3/attempts/t-7", "4/attempts/t-4"],
            (await Slurm($"cd {Shards} && ls -d */attempts/*")).Split('\n', StringSplitOptions.RemoveEmptyEntries)
        );
        Assert.Contains(
            "\"interrupted\"",
            await ReadAsync($"{Shards}/1/attempts/t-5/1/transcript.jsonl"),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "\"resumed\"",
            await ReadAsync($"{Shards}/2/tasks/t-6/transcript.jsonl"),
            StringComparison.Ordinal
        );
        Assert.Equal("+x", (await Slurm($"grep '^+x' {Shards}/2/tasks/t-6/changes.patch")).Trim());
        Assert.Equal(
            "",
            await Slurm(
                $"(docker ps --all --format '{{{{.Labels}}}}'; docker volume ls --format '{{{{.Labels}}}}') | grep {_directory.Path} || true"
            )
        );
    }

    public void Dispose() => _directory.Dispose();

    private void WriteTask(string file, string head, string script) =>
        _directory.Write(
            file,
            $$"""
            version: 1
            {{head}}
            model: scripted/{{script}}
            prompt: Do it.
            sandbox: { image: "claw-ci-demo:latest", pull: never, memory: 256Mi, mounts: [{ source: gate, target: /gate }] }

            """
        );

    /// <summary>Until the second call of a shard's second task is under way.</summary>
    private Task UntilCutAsync(int shard, string task) =>
        UntilAsync($"{Shards}/{shard}/tasks/{task}/transcript.jsonl", text => text.Split("\"tool_call\"").Length > 2);

    /// <summary>What the first tasks of shards wrote, which is to stay.</summary>
    private async Task<IReadOnlyList<string>> EndedAsync() =>
        await Task.WhenAll(
            new[] { 1, 2, 3 }.Select(shard => ReadAsync($"{Shards}/{shard}/tasks/t-{shard}/transcript.jsonl"))
        );

    /// <summary>Until a shard has no containers.</summary>
    private Task<string> NoneAsync(string containers, int shard) =>
        ExampleRun.ShellAsync(
            _directory.Path,
            $"timeout 20 bash -c 'while {containers} --quiet --filter label=claw-ci.out={_directory[$"{Shards}/{shard}"]} | grep -q .; do sleep 0.1; done'"
        );

    private async Task UntilAsync(string file, Predicate<string> holds)
    {
        while (!File.Exists(_directory[file]) || !holds(await ReadAsync(file)))
            await Task.Delay(20, TestContext.Current.CancellationToken);
    }

    private Task<string> ReadAsync(string file) =>
        File.ReadAllTextAsync(_directory[file], TestContext.Current.CancellationToken);
}
