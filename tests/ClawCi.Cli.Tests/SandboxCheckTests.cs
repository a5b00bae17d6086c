using System.Text.Json;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests;

public sealed class SandboxCheckTests
{
    [Fact]
    public async Task The_check_holds_here_within_a_minute_and_leaves_no_container()
    {
        using var here = new TempDirectory();
        var end = await ClawCiProgram.RunAsync(here.Path, ["sandbox", "check", "--format=json"]);
        using var report = JsonDocument.Parse(end.Output);
        Assert.Equal(
            [],
            report
                .RootElement.GetProperty("probes")
                .EnumerateArray()
                .Where(probe => probe.GetProperty("verdict").GetString() != "holds")
                .Select(probe => $"{probe.GetProperty("id")}: {probe.GetProperty("detail")}")
        );
        Assert.Equal(0, end.ExitCode);
        Assert.Equal("", end.Error);
        Assert.True(report.RootElement.GetProperty("total").GetInt32() >= 50);
        Assert.True(report.RootElement.GetProperty("duration_ms").GetInt64() < 60_000);
        Assert.Equal(
            "",
            await ExampleRun.ShellAsync(here.Path, "docker ps --all --quiet --filter label=claw-ci.run=sandbox-check")
        );
    }

    [Fact]
    public async Task Without_a_daemon_there_is_nothing_to_check()
    {
        using var here = new TempDirectory();
        var end = await ClawCiProgram.RunAsync(
            here.Path,
            ["sandbox", "check"],
            environment: new Dictionary<string, string?> { ["DOCKER_HOST"] = "unix:///nonexistent/docker.sock" }
        );
        Assert.Equal(18, end.ExitCode);
        Assert.Equal("", end.Output);
        Assert.Contains("reason=daemon-unavailable", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_word_than_check_is_a_usage_error()
    {
        using var here = new TempDirectory();
        Assert.Equal(2, (await ClawCiProgram.RunAsync(here.Path, ["sandbox", "chekc"])).ExitCode);
        Assert.Equal(2, (await ClawCiProgram.RunAsync(here.Path, ["sandbox"])).ExitCode);
    }
}
