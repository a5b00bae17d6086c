using System.Text.Json;
using System.Xml.Linq;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests;

/// <summary>Several tasks in one run, as a user starts it and reads it back.</summary>
public sealed class BatchTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public BatchTests()
    {
        _directory.Write("work/a.txt", "one\n");
        // One of the tasks changes nothing, which fails it.
        _directory.Write(
            "work.script.yaml",
            """
            version: 1
            model: claude-sonnet-4-5
            replies:
              - { tool-uses: [{ name: bash, input: { command: 'test $CLAW_MATRIX_DOES = nothing || echo x > "$CLAW_MATRIX_DOES"' } }] }
              - { text: Done. }
            """
        );
        _directory.Write(
            "task.yaml",
            """
            version: 1
            name: many
            strategy: { matrix: { does: [alpha, nothing, beta] } }
            model: scripted/work.script.yaml
            prompt: Make $[[ matrix.does ]].
            sandbox: { image: "claw-ci-demo:latest", pull: never, memory: 256Mi }
            apply: never
            """
        );
    }

    [Fact]
    public async Task All_tasks_have_one_result_and_what_failed_runs_again_alone()
    {
        var end = await RunAsync("--output-format", "json");

        Assert.Equal(20, end.ExitCode);
        using (var result = JsonDocument.Parse(end.Output))
        {
            var root = result.RootElement;
            Assert.Equal(("run_result", "tasks-failed"), (Text(root, "type"), Text(root, "outcome")));
            Assert.Equal((3, 2), (Number(root, "tasks"), Number(root, "successful")));
            Assert.Equal(
                ["many-alpha success", "many-beta success", "many-nothing no-changes"],
                root.GetProperty("tasks")
                    .EnumerateArray()
                    .Select(task => $"{Text(task, "task_id")} {Text(task, "outcome")}")
            );
            var parts = root.GetProperty("tasks")
                .EnumerateArray()
                .Sum(task => task.GetProperty("total_cost_usd").GetDecimal());
            Assert.Equal(parts, root.GetProperty("totals").GetProperty("total_cost_usd").GetDecimal());
        }
        Assert.Contains("many-beta  ", end.Error, StringComparison.Ordinal);
        Assert.Contains(
            $"claw-ci: 1 of 3 tasks did not succeed. Report: {_directory["out/report.html"]}\n",
            end.Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "CLAW_CI_STATUS: outcome=tasks-failed reason=tasks-failed exit=20",
            end.Error,
            StringComparison.Ordinal
        );
        var suites = XDocument.Load(_directory["out/junit.xml"]).Root!.Elements("testsuite").ToList();
        Assert.Equal(
            ["many-alpha", "many-beta", "many-nothing"],
            suites.Select(suite => suite.Attribute("name")!.Value)
        );
        Assert.Contains("<code>many-nothing</code>", await ReadAsync("out/summary.md"), StringComparison.Ordinal);
        Assert.Contains(
            """<a href="#t2">many-nothing</a>""",
            await ReadAsync("out/report.html"),
            StringComparison.Ordinal
        );
        var alpha = await ReadAsync("out/tasks/many-alpha/transcript.jsonl");

        var refused = await RunAsync();
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("--only-failed runs again what did not succeed in it", refused.Error, StringComparison.Ordinal);

        var again = await RunAsync("--only-failed");
        Assert.Equal(20, again.ExitCode);
        Assert.Contains(
            "kept, because they succeeded and are what they were: many-alpha, many-beta",
            again.Error,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("▶ many (alpha)", again.Error, StringComparison.Ordinal);
        Assert.Equal(alpha, await ReadAsync("out/tasks/many-alpha/transcript.jsonl"));
        Assert.True(File.Exists(_directory["out/attempts/many-nothing/1/transcript.jsonl"]));

        _directory.Write(
            "task.yaml",
            (await ReadAsync("task.yaml")).Replace("Make $", "Do make $", StringComparison.Ordinal)
        );
        var changed = await RunAsync("--only-failed", "--filter=many-alpha");
        Assert.Equal(20, changed.ExitCode);
        Assert.DoesNotContain("kept", changed.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(_directory["out/attempts/many-alpha/1/transcript.jsonl"]));
        Assert.False(Directory.Exists(_directory["out/attempts/many-beta"]));
        using var whole = JsonDocument.Parse(await ReadAsync("out/result.json"));
        Assert.Equal(3, whole.RootElement.GetProperty("tasks").GetArrayLength());
    }

    [Fact]
    public async Task A_task_that_nothing_can_be_recorded_of_takes_no_other_with_it()
    {
        Assert.Equal(0, (await RunAsync("--filter=many-alpha")).ExitCode);
        // Where its directory is to be, as on a disk that has no room for one.
        _directory.Write("out/tasks/many-beta", "");

        var end = await RunAsync("--only-failed");

        Assert.Equal(18, end.ExitCode);
        Assert.Contains("there is no record of many-beta", end.Error, StringComparison.Ordinal);
        Assert.Contains("reason=disk exit=18 retryable=true", end.Error, StringComparison.Ordinal);
        using var result = JsonDocument.Parse(await ReadAsync("out/result.json"));
        Assert.Equal(
            ["many-alpha success", "many-nothing no-changes"],
            result
                .RootElement.GetProperty("tasks")
                .EnumerateArray()
                .Select(task => $"{Text(task, "task_id")} {Text(task, "outcome")}")
        );
    }

    [Theory]
    [InlineData("--workers=0", "--workers 0: a whole number from 1 to 256 is expected.")]
    [InlineData("--max-failures=none", "--max-failures none: a whole number from 1 is expected.")]
    [InlineData("--only-failed --force", "--only-failed and --force contradict each other.")]
    [InlineData("--only-retryable --force", "--only-retryable and --force contradict each other.")]
    [InlineData("--only-retryable --only-failed", "--only-failed and --only-retryable contradict each other.")]
    public async Task A_flag_that_makes_no_sense_starts_nothing(string flags, string error)
    {
        var end = await RunAsync(flags.Split(' '));

        Assert.Equal(2, end.ExitCode);
        Assert.Contains(error, end.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_directory["out"]));
    }

    public void Dispose() => _directory.Dispose();

    private Task<ProgramEnd> RunAsync(params string[] flags) =>
        ClawCiProgram.RunAsync(_directory.Path, ["run", "task.yaml", "--workspace=work", "--out=out", .. flags]);

    private Task<string> ReadAsync(string file) =>
        File.ReadAllTextAsync(_directory[file], TestContext.Current.CancellationToken);

    private static string Text(JsonElement element, string key) => element.GetProperty(key).GetString()!;

    private static int Number(JsonElement run, string key) => run.GetProperty("totals").GetProperty(key).GetInt32();
}
