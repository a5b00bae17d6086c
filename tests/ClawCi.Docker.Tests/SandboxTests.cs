using System.Diagnostics;
using ClawCi.Sandboxes;
using Xunit;

namespace ClawCi.Docker.Tests;

public sealed class SandboxTests
{
    [Fact]
    public async Task A_command_runs_in_the_container_and_its_write_never_reaches_the_checkout()
    {
        await using var here = await Sandboxed.CreateAsync();
        File.WriteAllText(Path.Combine(here.Checkout, "a.txt"), "old");
        await using var task = await here.PrepareAsync();
        await using var sandbox = await task.StartAgentAsync(TestContext.Current.CancellationToken);
        var answer = await sandbox.BashAsync("cat a.txt; echo new > a.txt; cat a.txt; exit 3");
        Assert.Equal("oldnew\n", answer.Text);
        Assert.Equal(3, answer.ExitCode);
        Assert.Equal("old", File.ReadAllText(Path.Combine(here.Checkout, "a.txt")));
        TestContext.Current.TestOutputHelper!.WriteLine($"start {sandbox.StartDuration}");
        for (var i = 0; i < 50; i++)
            await sandbox.BashAsync("true");
        var w = Stopwatch.StartNew();
        for (var i = 0; i < 200; i++)
            await sandbox.CallAsync(
                "read_file",
                Sandboxed.Json("{\"path\":\"/workspace/a.txt\"}"),
                null,
                TestContext.Current.CancellationToken
            );
        TestContext.Current.TestOutputHelper!.WriteLine($"call {w.Elapsed / 200}");
        w.Restart();
        for (var i = 0; i < 100; i++)
            await sandbox.BashAsync("true");
        TestContext.Current.TestOutputHelper!.WriteLine($"bash {w.Elapsed / 100}");
    }
}
