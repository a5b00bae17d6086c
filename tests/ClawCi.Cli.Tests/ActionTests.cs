using Xunit;

namespace ClawCi.Cli.Tests;

public sealed class ActionTests
{
    [Fact]
    public async Task Inputs_become_flags_and_outputs_are_words_numbers_and_relative_paths()
    {
        using var example = new ExampleRun();
        var outputs = Path.Combine(example.Root, "outputs");
        var summary = Path.Combine(example.Root, "summary");
        var end = await ClawCiProgram.RunAsync(
            example.Root,
            ["action"],
            environment: new Dictionary<string, string?>
            {
                ["GITHUB_ACTIONS"] = "true",
                ["GITHUB_WORKSPACE"] = example.Root,
                ["GITHUB_OUTPUT"] = outputs,
                ["GITHUB_STEP_SUMMARY"] = summary,
                ["INPUT_TASK"] = Path.Combine(ExampleRun.Folder, "task.yaml"),
                ["INPUT_POLICY"] = Path.Combine(ExampleRun.Folder, "policy.yaml"),
                ["INPUT_WORKSPACE"] = "project",
                ["INPUT_OUT"] = "out",
                ["INPUT_MODEL"] = "",
                ["INPUT_MAX-COST-USD"] = "1.50",
                ["INPUT_ARGS"] = "--max-turns=20\n\n  --quiet\n",
            }
        );

        Assert.True(end.ExitCode == 0, end.Error);
        var written = Parse(await File.ReadAllTextAsync(outputs, TestContext.Current.CancellationToken));
        Assert.Equal("success", written["outcome"]);
        Assert.Equal("0", written["exit-code"]);
        Assert.Equal("true", written["changed"]);
        Assert.Equal("out", written["out"]);
        Assert.Equal("out/result.json", written["result"]);
        Assert.Equal("out/tasks/fix-failing-test/changes.patch", written["patch"]);
        Assert.NotEqual("", written["cost-usd"]);
        Assert.Contains(
            "fix-failing-test",
            await File.ReadAllTextAsync(summary, TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_the_inputs_say_is_checked_like_a_command_line()
    {
        using var example = new ExampleRun();
        var end = await ClawCiProgram.RunAsync(
            example.Root,
            ["action"],
            environment: new Dictionary<string, string?> { ["INPUT_TASK"] = "x.yaml", ["INPUT_ARGS"] = "--shard=3/2" }
        );
        Assert.Equal(2, end.ExitCode);
        Assert.Contains("--shard 3/2: I/N is expected", end.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await ClawCiProgram.RunAsync(example.Root, ["action"])).ExitCode);
        var none = await ClawCiProgram.RunAsync(
            example.Root,
            ["action"],
            environment: new Dictionary<string, string?> { ["INPUT_TASK"] = "none/*.yaml" }
        );
        Assert.Equal(2, none.ExitCode);
        Assert.Contains("none/*.yaml matches no file", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fork_starts_nothing_unless_the_workflow_allows_it()
    {
        using var example = new ExampleRun();
        var payload = Path.Combine(example.Root, "event.json");
        await File.WriteAllTextAsync(
            payload,
            """{"repository":{"full_name":"o/r"},"sender":{"login":"eve","type":"User"},"pull_request":{"base":{"sha":"x"},"head":{"repo":{"full_name":"eve/r"}}}}""",
            TestContext.Current.CancellationToken
        );
        var environment = new Dictionary<string, string?>
        {
            ["GITHUB_EVENT_NAME"] = "pull_request_target",
            ["GITHUB_EVENT_PATH"] = payload,
            ["INPUT_TASK"] = "x.yaml",
            ["GITHUB_OUTPUT"] = Path.Combine(example.Root, "outputs"),
        };

        var refused = await ClawCiProgram.RunAsync(example.Root, ["action"], environment: environment);
        var outputs = Parse(
            await File.ReadAllTextAsync(environment["GITHUB_OUTPUT"]!, TestContext.Current.CancellationToken)
        );
        Assert.Equal(("untrusted", "4", "false"), (outputs["outcome"], outputs["exit-code"], outputs["changed"]));
        environment["INPUT_ALLOW"] = "forks";
        var allowed = await ClawCiProgram.RunAsync(example.Root, ["action"], environment: environment);
        environment["INPUT_ALLOW"] = "forks, evrybody";
        var odd = await ClawCiProgram.RunAsync(example.Root, ["action"], environment: environment);

        // The fork may start a run; its files are still not what is read.
        Assert.Equal((4, 4, 2), (refused.ExitCode, allowed.ExitCode, odd.ExitCode));
        Assert.Contains("reason=pull-request", allowed.Error, StringComparison.Ordinal);
        Assert.Contains("the changes come from eve/r, a fork", refused.Error, StringComparison.Ordinal);
        Assert.Contains(
            "CLAW_CI_STATUS: outcome=untrusted reason=fork exit=4",
            refused.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_a_step_lacks_is_said_in_one_line()
    {
        using var example = new ExampleRun();
        var empty = Directory.CreateDirectory(Path.Combine(example.Root, "empty")).FullName;

        var end = await ClawCiProgram.RunAsync(
            example.Root,
            ["action"],
            environment: new Dictionary<string, string?>
            {
                ["GITHUB_WORKSPACE"] = empty,
                ["INPUT_MODEL"] = "anthropic/claude-sonnet-4-5",
            }
        );

        Assert.Equal(2, end.ExitCode);
        var line = end.Error.Split('\n')[0];
        foreach (var remedy in new[] { "the input `task`", "actions/checkout", "secrets.ANTHROPIC_API_KEY" })
            Assert.Contains(remedy, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_input_and_output_that_action_yml_names_exists()
    {
        var action = await ReadAsync("action.yml");
        var inputs = Keys(action, "inputs");
        Assert.Equal(["task", .. Verbs.ActionVerb.Flags, "inputs", "allow", "args"], inputs);
        Assert.Equal(
            ["outcome", "exit-code", "retryable", "changed", "patch", "result", "out", "cost-usd"],
            Keys(action, "outputs")
        );
        var publish = await ReadAsync("publish/action.yml");
        Assert.Equal(["out", .. Verbs.ActionVerb.PublishFlags, "args"], Keys(publish, "inputs"));
        Assert.Equal(["outcome", "exit-code", "retryable", "requests"], Keys(publish, "outputs"));
        var merge = await ReadAsync("merge/action.yml");
        Assert.Equal(["shards", .. Verbs.ActionVerb.MergeFlags, "args"], Keys(merge, "inputs"));
        Assert.Equal(Keys(action, "outputs"), Keys(merge, "outputs"));
    }

    internal static Task<string> ReadAsync(string action) =>
        File.ReadAllTextAsync(Path.Combine(ClawCiProgram.Root, action), TestContext.Current.CancellationToken);

    internal static IEnumerable<string> Keys(string yaml, string section) =>
        yaml.Split('\n')
            .SkipWhile(line => line != $"{section}:")
            .Skip(1)
            .TakeWhile(line => line.Length == 0 || line[0] == ' ')
            .Where(line => line.StartsWith("  ", StringComparison.Ordinal) && line.Length > 2 && line[2] != ' ')
            .Select(line => line.Trim().TrimEnd(':'));

    private static Dictionary<string, string> Parse(string file)
    {
        var outputs = new Dictionary<string, string>(StringComparer.Ordinal);
        var lines = file.Split('\n');
        for (var i = 0; i < lines.Length - 1; i++)
        {
            var (name, delimiter) = (lines[i].Split("<<")[0], lines[i].Split("<<")[1]);
            var value = lines.Skip(i + 1).TakeWhile(line => line != delimiter).ToList();
            outputs[name] = string.Join('\n', value);
            i += value.Count + 1;
        }
        return outputs;
    }
}
