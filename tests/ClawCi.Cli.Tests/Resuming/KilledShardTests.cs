using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ClawCi.TestSupport;
using Xunit;
using static ClawCi.Cli.Tests.Resuming.StepModel;

namespace ClawCi.Cli.Tests.Resuming;

/// <summary>
/// Three shards of one batch, of which one is killed and finished: nothing is lost, and nothing that had ended is done or paid again.
/// CLAW_CI_SHARD_TASKS says how many tasks the batches with containers have; with it they are killed at every moment that is listed.
/// </summary>
[Collection(Cleaning.Name)]
public sealed partial class KilledShardTests : IAsyncDisposable
{
    private const int Shards = 3;
    private const int Killed = 2;
    private const string Made = "made-$CLAW_MATRIX_N";

    private readonly TempDirectory _directory = new();

    /// <summary>Each task leaves a line, which shows how often that happened. One that finds its gate closed waits.</summary>
    private readonly StepModel _model = new([
        [
            Step.Bash(
                $"while test -e /gate/closed-$CLAW_MATRIX_N; do sleep 0.05; done; echo did >> {Made}",
                $"test -s {Made} || echo did >> {Made}"
            ),
        ],
        [],
    ]);

    public static TheoryData<Moment> Moments { get; } =
        Asked is null ? [Moment.PatchesWait] : [.. Enum.GetValues<Moment>()];

    private static string? Asked => System.Environment.GetEnvironmentVariable("CLAW_CI_SHARD_TASKS");

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_a_hundred_tasks_none_is_lost_or_repeated_without_a_sandbox_to_resume()
    {
        const int Tasks = 100;
        Prepare(Tasks, "");
        _directory.Write("policy.yaml", "version: 1\nmode: danger-full-access\n");
        string[] flags = ["--sandbox=none", "--policy=policy.yaml", "--apply=never"];
        var others = Task.WhenAll(RunAsync(1, flags), RunAsync(3, flags));

        using (var shard = ClawCiProgram.Start(_directory.Path, Arguments(Killed, flags), Environment()))
            await KillAsync(shard, transcripts => transcripts.Count(HasEnded) >= Tasks / Shards / 2);

        var before = Look();
        Assert.InRange(before.Ended.Count, Tasks / Shards / 2, (Tasks / Shards) - 1);
        Assert.All(await others, end => Assert.Equal(0, end.ExitCode));
        Assert.Equal(0, (await RunAsync(Killed, [.. flags, "--only-failed"])).ExitCode);
        await ExpectWholeAsync(Tasks, before, "not-applied");
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task A_killed_shard_is_resumed_and_every_task_has_one_result_and_one_effect(Moment moment)
    {
        var tasks = int.Parse(Asked ?? "10", CultureInfo.InvariantCulture);
        Prepare(tasks, ", mounts: [{ source: gate, target: /gate }]");
        // Patches wait while a task on the same checkout works.
        var apply = moment == Moment.HalfEnded ? "never" : "on-success";
        string[] flags = [$"--apply={apply}"];
        var others = Task.WhenAll(RunAsync(1, flags), RunAsync(3, flags));
        var last = moment == Moment.PatchesWait ? LastOf(Killed, tasks) : null;
        if (last is not null)
            _directory.Write($"gate/closed-{last}", "");
        using (var shard = ClawCiProgram.Start(_directory.Path, Arguments(Killed, flags), Environment()))
        {
            await KillAsync(
                shard,
                transcripts =>
                    moment switch
                    {
                        Moment.FirstCall => transcripts.Any(text => Has(text, "tool_call")),
                        Moment.HalfEnded => 2 * transcripts.Count(HasEnded) >= tasks / Shards,
                        Moment.PatchesWait => transcripts.Count >= tasks / Shards
                            && transcripts.Count(text => Has(text, "file_changed")) == transcripts.Count - 1,
                        _ => 2 * transcripts.Count(text => Has(text, "applied")) >= tasks / Shards,
                    }
            );
            if (last is not null)
                File.Delete(_directory[$"gate/closed-{last}"]);
        }
        var before = Look();
        Assert.All(await others, end => Assert.Equal(0, end.ExitCode));

        var resumed = await ClawCiProgram.RunAsync(_directory.Path, ["resume", "shards/2"], environment: Environment());

        Assert.True(resumed.ExitCode == 0, resumed.Error);
        await ExpectWholeAsync(tasks, before, apply == "never" ? "not-applied" : "applied");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{tasks} tasks, killed at {moment} with {before.Ended.Count} ended and {before.Begun} begun"
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _model.DisposeAsync();
        _directory.Dispose();
    }

    /// <summary>When the shard is killed.</summary>
    public enum Moment
    {
        FirstCall,
        HalfEnded,
        PatchesWait,
        HalfApplied,
    }

    /// <param name="Ended">Numbers of the tasks of the killed shard that had ended.</param>
    /// <param name="Begun">How many had been begun.</param>
    /// <param name="Requests">How often the model had been asked by each task, by its number.</param>
    private sealed record Before(IReadOnlyList<string> Ended, int Begun, IReadOnlyDictionary<string, int> Requests);

    private void Prepare(int tasks, string more)
    {
        for (var shard = 1; shard <= Shards; shard++)
            _directory.Write($"work-{shard}/a.txt", "one\n");
        _directory.Write("gate/open", "");
        _directory.Write(
            "task.yaml",
            $$"""
            version: 1
            name: t
            strategy: { matrix: { n: [{{string.Join(", ", Enumerable.Range(1, tasks))}}] } }
            model: anthropic/claude-sonnet-4-5
            prompt: Do number $[[ matrix.n ]].
            sandbox: { image: "claw-ci-demo:latest", pull: never, memory: 256Mi{{more}} }
            """
        );
    }

    /// <summary>As on machines of their own: each shard has its checkout.</summary>
    private static string[] Arguments(int shard, string[] flags) =>
        [
            "run",
            "task.yaml",
            $"--workspace=work-{shard}",
            $"--out=shards/{shard}",
            $"--shard={shard}/{Shards}",
            "--workers=4",
            "--quiet",
            .. flags,
        ];

    private Dictionary<string, string?> Environment() =>
        new() { ["ANTHROPIC_BASE_URL"] = $"{_model.Url}", ["ANTHROPIC_API_KEY"] = "sk-test-0123456789" };

    private Task<ProgramEnd> RunAsync(int shard, string[] flags) =>
        ClawCiProgram.RunAsync(_directory.Path, Arguments(shard, flags), environment: Environment());

    /// <summary>When what the shard wrote down says so; nothing else is waited for.</summary>
    private async Task KillAsync(Process shard, Func<IReadOnlyList<string>, bool> isTime)
    {
        var ended = ClawCiProgram.EndAsync(shard);
        while (!isTime(Transcripts()))
        {
            if (shard.HasExited)
                Assert.Fail($"It ended before it could be killed: {(await ended).Error}");
            await Task.Delay(5, Now);
        }
        shard.Kill();
        await ended;
    }

    private List<string> Transcripts()
    {
        var tasks = _directory[$"shards/{Killed}/tasks"];
        return Directory.Exists(tasks)
            ?
            [
                .. Directory
                    .EnumerateFiles(tasks, "transcript.jsonl", SearchOption.AllDirectories)
                    .Select(File.ReadAllText),
            ]
            : [];
    }

    /// <summary>The number of the shard's task that comes last.</summary>
    private static string LastOf(int shard, int tasks) =>
        Enumerable
            .Range(1, tasks)
            .Select(n => $"t-{n}")
            .Order(StringComparer.Ordinal)
            .Where((_, at) => at % Shards == shard - 1)
            .Last()[2..];

    private Before Look()
    {
        var transcripts = Transcripts();
        return new(
            [.. transcripts.Where(HasEnded).Select(text => TaskId().Match(text).Groups[1].Value)],
            transcripts.Count,
            Requests()
        );
    }

    private Dictionary<string, int> Requests() =>
        _model
            .Requests.GroupBy(body => Number().Match(body).Groups[1].Value)
            .ToDictionary(group => group.Key, group => group.Count());

    private async Task ExpectWholeAsync(int tasks, Before before, string applied)
    {
        var merged = await ClawCiProgram.RunAsync(
            _directory.Path,
            ["merge", .. Enumerable.Range(1, Shards).Select(shard => $"shards/{shard}"), "--out=all"]
        );

        Assert.True(merged.ExitCode == 0, merged.Error);
        var result = ExampleRun.Json(_directory["all/result.json"]);
        var all = result.GetProperty("tasks").EnumerateArray().ToList();
        var numbers = Enumerable.Range(1, tasks).Select(n => $"{n}").ToList();
        Assert.Equal(
            numbers.Select(n => $"t-{n}").Order(StringComparer.Ordinal),
            all.Select(task => task.GetProperty("task_id").GetString())
        );
        Assert.All(all, task => Assert.Equal("success", task.GetProperty("outcome").GetString()));
        Assert.All(all, task => Assert.Equal(applied, task.GetProperty("applied").GetString()));
        var requests = Requests();
        foreach (var n in numbers)
        {
            var patch = await File.ReadAllLinesAsync(_directory[$"all/tasks/t-{n}/changes.patch"], Now);
            Assert.Equal(
                ["+did"],
                patch.Where(line => line.StartsWith('+') && !line.StartsWith("+++", StringComparison.Ordinal))
            );
            // What a request was charged that the kill cut is the provider's; and a call that it cut is looked after in a turn more.
            Assert.InRange(
                requests[n],
                2,
                before.Ended.Contains(n) || before.Requests.GetValueOrDefault(n) == 0 ? 2 : 4
            );
        }
        Assert.All(before.Ended, n => Assert.Equal(before.Requests[n], requests[n]));
        if (applied == "applied")
        {
            var made = Enumerable
                .Range(1, Shards)
                .SelectMany(shard => Directory.EnumerateFiles(_directory[$"work-{shard}"], "made-*"))
                .ToList();
            Assert.Equal(tasks, made.Count);
            Assert.All(made, file => Assert.Equal("did\n", File.ReadAllText(file)));
        }
    }

    private static bool HasEnded(string transcript) => Has(transcript, "result") && transcript.EndsWith('\n');

    private static bool Has(string transcript, string type) =>
        transcript.Contains($"\"type\":\"{type}\"", StringComparison.Ordinal);

    [GeneratedRegex(@"Do number (\d+)\.")]
    private static partial Regex Number();

    [GeneratedRegex(@"""task_id"":""t-(\d+)""")]
    private static partial Regex TaskId();
}
