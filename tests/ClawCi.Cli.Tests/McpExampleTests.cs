using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests;

public sealed class McpExampleTests
{
    private static readonly string Folder = Path.Combine(ClawCiProgram.Root, "examples", "with-mcp-server");

    [Fact]
    public async Task A_server_in_the_sandbox_tells_the_model_what_to_do()
    {
        using var directory = new TempDirectory();
        ExampleRun.Copy(Path.Combine(Folder, "project"), directory["project"]);

        var end = await ClawCiProgram.RunAsync(directory.Path, Arguments("run", directory));

        Assert.True(end.ExitCode == 0, end.Error);
        Assert.Equal(
            "creme-brulee\n",
            await ExampleRun.ShellAsync(
                directory["project"],
                "python3 -c 'import slug; print(slug.slug(\"Crème brûlée\"))'"
            )
        );
    }

    [Fact]
    public async Task Doctor_starts_the_server_and_says_which_of_its_tools_are_granted()
    {
        using var directory = new TempDirectory();
        ExampleRun.Copy(Path.Combine(Folder, "project"), directory["project"]);

        var end = await ClawCiProgram.RunAsync(directory.Path, Arguments("doctor", directory));

        Assert.Contains(
            "ready      mcp      tracker: starts. Offered: get_issue, resources. Granted by no rule: close_issue\n",
            end.Output,
            StringComparison.Ordinal
        );
    }

    private static string[] Arguments(string verb, TempDirectory directory) =>
        [
            verb,
            Path.Combine(Folder, "task.yaml"),
            $"--policy={Path.Combine(Folder, "policy.yaml")}",
            $"--workspace={directory["project"]}",
            $"--out={directory["out"]}",
        ];
}
