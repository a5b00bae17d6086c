using Xunit;

namespace ClawCi.Cli.Tests;

/// <summary>The program on the run of an example: what people see of it.</summary>
public sealed class PublishTests
{
    private const string Token = "ghp_0123456789abcdefghijABCDEFGHIJ012345";

    [Fact]
    public async Task A_run_is_delivered_by_another_step_which_shows_no_token_and_may_be_repeated()
    {
        using var example = new ExampleRun();
        await example.AsRepositoryAsync(Path.Combine(example.Workspace, "target.git"));
        var run = await example.RunAsync("--apply=never", "--quiet");
        Assert.True(run.ExitCode == 0, run.Error);

        var staged = await PublishAsync(example, "--staged");
        var first = await PublishAsync(example);
        var again = await PublishAsync(example, "--output-format=json");

        Assert.Equal(
            "fix-failing-test: published: would be opened: the branch claw-ci/fix-failing-test\n",
            staged.Output
        );
        Assert.Equal("fix-failing-test: published: opened: the branch claw-ci/fix-failing-test\n", first.Output);
        Assert.Equal(
            await File.ReadAllTextAsync(
                Path.Combine(example.Out, "publish.json"),
                TestContext.Current.CancellationToken
            ),
            again.Output
        );
        Assert.Contains("\"status\": \"unchanged\"", again.Output, StringComparison.Ordinal);
        foreach (var end in new[] { staged, first, again })
        {
            Assert.True(end.ExitCode == 0, end.Error);
            Assert.DoesNotContain(Token, end.Output + end.Error, StringComparison.Ordinal);
        }

        var outputs = Path.Combine(example.Root, "outputs");
        var summary = Path.Combine(example.Root, "summary");
        var action = await ClawCiProgram.RunAsync(
            example.Root,
            ["action", "publish"],
            environment: new Dictionary<string, string?>
            {
                ["GITHUB_TOKEN"] = Token,
                ["GITHUB_OUTPUT"] = outputs,
                ["GITHUB_STEP_SUMMARY"] = summary,
                ["INPUT_OUT"] = "out",
                ["INPUT_REQUEST"] = "none",
                ["INPUT_BASE"] = "",
            }
        );
        Assert.True(action.ExitCode == 0, action.Error);
        Assert.Matches(
            "^outcome<<([0-9A-F]{32})\nsuccess\n\\1\n",
            await File.ReadAllTextAsync(outputs, TestContext.Current.CancellationToken)
        );
        Assert.Contains(
            "it is there already",
            await File.ReadAllTextAsync(summary, TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        await ExampleRun.ShellAsync(
            example.Root,
            "git clone -q -b claw-ci/fix-failing-test project/target.git got && cd got && python3 -m unittest 2>&1"
        );
    }

    [Fact]
    public async Task Nothing_is_published_of_what_is_no_run_or_to_nowhere()
    {
        using var example = new ExampleRun();

        var nothing = await ClawCiProgram.RunAsync(example.Root, ["publish", "project"]);
        var odd = await ClawCiProgram.RunAsync(example.Root, ["publish", "project", "--request=merge"]);

        Assert.Equal((3, 2), (nothing.ExitCode, odd.ExitCode));
        Assert.Contains("no run here", nothing.Error, StringComparison.Ordinal);
        Assert.Contains("--request merge: draft, ready or none.", odd.Error, StringComparison.Ordinal);
    }

    private static Task<ProgramEnd> PublishAsync(ExampleRun example, params string[] more) =>
        ClawCiProgram.RunAsync(
            example.Root,
            ["publish", example.Out, .. more],
            environment: new Dictionary<string, string?> { ["GITHUB_TOKEN"] = Token }
        );
}
