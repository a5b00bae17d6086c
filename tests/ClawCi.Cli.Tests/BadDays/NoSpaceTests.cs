using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>The daemon's disk is full.</summary>
public sealed class NoSpaceTests
{
    [Fact]
    public async Task No_room_to_begin_with_and_then_a_disk_that_the_agent_fills()
    {
        using var day = new BadDay().Task(image: SmallDaemon.Image);
        await using var daemon = await SmallDaemon.StartAsync(Path.Combine(day.Root, "daemon"));
        day.Environment["DOCKER_HOST"] = daemon.Address;

        await daemon.FillAsync(leaveKibibytes: 4096);
        await EndsAsync(day, daemon);
        await day.ShellAsync("rm daemon/data/full");

        day.Script(
            BadDay.Bash("echo two > a.txt; head -c 100000000 /dev/zero > big"),
            "expect: { tool-result-contains: No space left on device }, text: Done."
        );
        await EndsAsync(day, daemon);
        Assert.Equal("one\n", await File.ReadAllTextAsync(day.At("a.txt"), TestContext.Current.CancellationToken));
    }

    private static async Task EndsAsync(BadDay day, SmallDaemon daemon)
    {
        var ending = await day.RunAsync("--force");
        await ending.IsAsync(18, "sandbox-unavailable", "no-space", retryable: true);
        Assert.Contains("its disk is full", ending.Error, StringComparison.Ordinal);
        Assert.Equal("", await daemon.DockerAsync("ps --all --quiet"));
        Assert.Equal("", await daemon.DockerAsync("volume ls --quiet --filter label=claw-ci.run"));
    }
}
