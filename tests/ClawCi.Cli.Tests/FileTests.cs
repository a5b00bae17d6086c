using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests;

public sealed class FileTests
{
    [Fact]
    public async Task Plan_prints_every_value_with_its_origin_and_touches_nothing()
    {
        using var example = new ExampleRun();
        string[] arguments = ["plan", .. example.Arguments("--max-turns=5").Skip(1)];
        var end = await ClawCiProgram.RunAsync(example.Root, arguments);
        Assert.Equal(["project"], Directory.GetFileSystemEntries(example.Root).Select(Path.GetFileName));
        var shown = end.Transcribe(arguments).Replace(ClawCiProgram.Root, "ROOT").Replace(example.Root, "TEMP");
        // Every word of the system prompt and of the tools changes their sizes.
        Golden.Matches(
            System.Text.RegularExpressions.Regex.Replace(
                shown,
                @"\d+(?= tokens before| of the system| of tools| of what the workspace)",
                "N"
            )
        );
    }

    [Fact]
    public async Task A_plan_as_json_is_one_object()
    {
        using var example = new ExampleRun();
        var end = await ClawCiProgram.RunAsync(example.Root, ["plan", .. example.Arguments("--format=json").Skip(1)]);
        using var plan = System.Text.Json.JsonDocument.Parse(end.Output);
        Assert.Equal("fix-failing-test", plan.RootElement.GetProperty("tasks")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task Mistakes_are_reported_with_their_places_all_at_once()
    {
        using var directory = new TempDirectory();
        directory.Write(
            "task.yaml",
            """
            version: 1
            name: x
            modle: anthropic/claude-sonnet-4-5
            prompt: Do it.
            sandbox: { image: debian, memory: lots }
            limits: { timeout: 5 minutes }
            targets: []

            """
        );
        directory.Write(
            "policy.yaml",
            """
            version: 1
            rules:
              - id: twice
                allow: bsah
              - ask: bash

            """
        );
        directory.Write("script.yaml", "version: 1\nreplies: []\n");
        directory.Write("tab.yaml", "version: 1\n\tname: x\n");
        string[] arguments = ["validate", "task.yaml", "policy.yaml", "script.yaml", "tab.yaml", "none.yaml", "."];
        Golden.Matches((await ClawCiProgram.RunAsync(directory.Path, arguments)).Transcribe(arguments));
    }

    [Theory]
    [InlineData("run")]
    [InlineData("plan")]
    public async Task A_mistake_in_any_file_starts_nothing(string verb)
    {
        using var example = new ExampleRun();
        File.WriteAllText(Path.Combine(example.Root, "policy.yaml"), "version: 1\nmdoe: read-only\n");
        var end = await ClawCiProgram.RunAsync(
            example.Root,
            [
                verb,
                Path.Combine(ExampleRun.Folder, "task.yaml"),
                "--policy=policy.yaml",
                $"--workspace={example.Workspace}",
                "--out=out",
            ]
        );
        Assert.Equal(3, end.ExitCode);
        Assert.StartsWith("policy.yaml:2:1: ", end.Error, StringComparison.Ordinal);
        Assert.Contains("Did you mean `mode`?", end.Error, StringComparison.Ordinal);
        Assert.EndsWith(
            "CLAW_CI_STATUS: outcome=invalid-input reason=file exit=3 retryable=false run=-\n",
            end.Error,
            StringComparison.Ordinal
        );
        Assert.False(Path.Exists(Path.Combine(example.Root, "out")));
    }

    [Theory]
    [InlineData("task")]
    [InlineData("policy")]
    [InlineData("script")]
    [InlineData("transcript")]
    [InlineData("result")]
    public async Task A_schema_is_printed_as_it_is_published(string name)
    {
        var end = await ClawCiProgram.RunAsync(ClawCiProgram.Root, ["schema", name]);
        var published = Path.Combine(ClawCiProgram.Root, "docs", "formats", $"{name}.schema.json");
        Assert.Equal(await File.ReadAllTextAsync(published, TestContext.Current.CancellationToken), end.Output);
    }

    [Fact]
    public async Task A_dash_is_standard_input()
    {
        using var directory = new TempDirectory();
        var end = await ClawCiProgram.RunAsync(directory.Path, ["validate", "-"], "version: 1\nname: x\nmodle: y\n");
        Assert.Equal(3, end.ExitCode);
        Assert.Contains("/dev/stdin:3:1: ", end.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ANTHROPIC_BASE_URL", "api.example.com")]
    [InlineData("DOCKER_HOST", "not an address")]
    [InlineData("CLAW_CI_PERMISSION_MODE", "yolo")]
    [InlineData("CLAW_CI_SANDBOX", "nothing")]
    public async Task A_variable_that_makes_no_sense_is_named(string name, string value)
    {
        using var example = new ExampleRun();
        var end = await ClawCiProgram.RunAsync(
            example.Root,
            example.Arguments(),
            environment: new Dictionary<string, string?> { [name] = value }
        );
        Assert.Equal(3, end.ExitCode);
        Assert.Contains(name, end.Error, StringComparison.Ordinal);
        Assert.False(Path.Exists(example.Out));
    }
}
