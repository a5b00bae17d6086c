using System.Text.Json;
using Xunit;

namespace ClawCi.Cli.Tests;

public sealed class ExampleTests
{
    private static readonly string[] Left =
    [
        ".gitignore",
        "claw-ci.lock",
        "junit.xml",
        "report.html",
        "result.json",
        "summary.md",
        "tasks/fix-failing-test/changes.patch",
        "tasks/fix-failing-test/checks/1-tests.log",
        "tasks/fix-failing-test/result.json",
        "tasks/fix-failing-test/session.json",
        "tasks/fix-failing-test/transcript.jsonl",
    ];

    [Fact]
    public async Task The_example_fixes_the_test_and_leaves_everything_the_contract_names()
    {
        using var example = new ExampleRun();
        var end = await example.RunAsync();

        Assert.True(end.ExitCode == 0, end.Error);
        Assert.StartsWith("`say` split a duration", end.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("CLAW_CI_STATUS", end.Error, StringComparison.Ordinal);
        Assert.Equal(Left, ExampleRun.Files(example.Out).Keys);
        var result = example.Result();
        Assert.Equal("success", result.GetProperty("outcome").GetString());
        Assert.Equal(1, result.GetProperty("changes").GetProperty("files").GetInt32());
        var denial = Assert.Single(result.GetProperty("permission_denials").EnumerateArray());
        Assert.Equal("no-push", denial.GetProperty("rule_id").GetString());
        await ExampleRun.ShellAsync(example.Workspace, "python3 -m unittest");
    }

    [Fact]
    public async Task The_patch_applies_outside_any_repository_and_is_byte_for_byte_what_apply_wrote()
    {
        using var example = new ExampleRun();
        var end = await example.RunAsync();
        Assert.True(end.ExitCode == 0, end.Error);

        var pristine = Path.Combine(example.Root, "pristine");
        ExampleRun.Copy(ExampleRun.Project, pristine);
        await ExampleRun.ShellAsync(
            pristine,
            $"GIT_CEILING_DIRECTORIES={example.Root} git apply {example.TaskDirectory}/changes.patch"
        );

        Assert.NotEqual(ExampleRun.Files(ExampleRun.Project), ExampleRun.Files(pristine));
        Assert.Equal(ExampleRun.Files(pristine), ExampleRun.Files(example.Workspace));
    }

    [Fact]
    public async Task Reports_are_made_again_byte_for_byte()
    {
        using var example = new ExampleRun();
        Assert.Equal(0, (await example.RunAsync("--apply=never")).ExitCode);
        Assert.Equal(ExampleRun.Files(ExampleRun.Project), ExampleRun.Files(example.Workspace));
        var before = ExampleRun.Files(example.Out);
        foreach (var report in new[] { "result.json", "summary.md", "report.html", "junit.xml", "claw-ci.lock" })
            File.Delete(Path.Combine(example.Out, report));

        var end = await ClawCiProgram.RunAsync(example.Root, ["report", example.Out]);

        Assert.Equal($"{Path.Combine(example.Out, "report.html")}\n", end.Output);
        Assert.Equal(before, ExampleRun.Files(example.Out));
    }

    [Fact]
    public async Task With_json_stdout_is_the_result_and_nothing_else()
    {
        using var example = new ExampleRun();
        var end = await example.RunAsync("--output-format=json", "--quiet");
        using var printed = JsonDocument.Parse(end.Output);
        Assert.True(JsonElement.DeepEquals(printed.RootElement, example.Result()));
    }

    [Fact]
    public async Task With_stream_json_stdout_is_the_transcript()
    {
        using var example = new ExampleRun();
        var end = await example.RunAsync("--output-format=stream-json");
        Assert.Equal(
            await File.ReadAllTextAsync(
                Path.Combine(example.TaskDirectory, "transcript.jsonl"),
                TestContext.Current.CancellationToken
            ),
            end.Output
        );
    }

    [Fact]
    public async Task A_model_that_is_told_something_else_than_its_script_expects_ends_the_run()
    {
        using var example = new ExampleRun();
        // With the bug gone beforehand the first test run is green, which the script does not expect.
        var file = Path.Combine(example.Workspace, "simmer", "phrases.py");
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            file,
            text.Replace("divmod(seconds", "divmod(round(seconds)", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );

        var end = await example.RunAsync();

        Assert.Equal(21, end.ExitCode);
        Assert.Matches(
            @"\nCLAW_CI_STATUS: outcome=replay-mismatch reason=\S+ exit=21 retryable=false run=\S+\n$",
            end.Error
        );
    }

    [Fact]
    public async Task An_out_directory_in_the_workspace_is_no_part_of_the_patch()
    {
        using var example = new ExampleRun();
        var end = await ClawCiProgram.RunAsync(
            example.Workspace,
            [
                "run",
                Path.Combine(ExampleRun.Folder, "task.yaml"),
                "--policy",
                Path.Combine(ExampleRun.Folder, "policy.yaml"),
            ]
        );
        Assert.True(end.ExitCode == 0, end.Error);
        var result = ExampleRun.Json(Path.Combine(example.Workspace, "claw-ci-out", "result.json"));
        Assert.Equal(1, result.GetProperty("changes").GetProperty("files").GetInt32());
    }

    [Fact]
    public async Task The_files_of_the_example_are_valid()
    {
        var end = await ClawCiProgram.RunAsync(
            ExampleRun.Folder,
            ["validate", "task.yaml", "policy.yaml", "script.yaml"]
        );
        Assert.True(end.ExitCode == 0, end.Error);
    }
}
