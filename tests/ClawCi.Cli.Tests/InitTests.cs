using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests;

/// <summary>The files that <c>init</c> gives to begin with.</summary>
public sealed class InitTests
{
    [Fact]
    public async Task What_it_writes_is_valid_and_plans_and_is_never_written_over()
    {
        using var directory = new TempDirectory();
        var first = await RunAsync("init");
        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Contains("claw-ci doctor task.yaml", first.Output, StringComparison.Ordinal);

        var valid = await RunAsync("validate", "task.yaml", "policy.yaml");
        Assert.True(valid.ExitCode == 0, valid.Error);
        Assert.Equal("", valid.Error);
        var plan = await RunAsync("plan", "task.yaml", "--policy=policy.yaml");
        Assert.True(plan.ExitCode == 0, plan.Error);
        var examples = await RunAsync("policy", "test", "policy.yaml");
        Assert.True(examples.ExitCode == 0, examples.Error);

        File.Delete(directory["task.yaml"]);
        File.CreateSymbolicLink(directory["task.yaml"], directory["nowhere"]);
        var second = await RunAsync("init");
        Assert.Equal(3, second.ExitCode);
        Assert.Contains("task.yaml: it is there already", second.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(directory["nowhere"]));

        Task<ProgramEnd> RunAsync(params string[] words) => ClawCiProgram.RunAsync(directory.Path, words);
    }
}
