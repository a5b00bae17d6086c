using System.Diagnostics;
using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>Docker is not what a run needs: each way says what it is and what to do, and ends with 18.</summary>
[Collection(Resuming.Cleaning.Name)]
public sealed class DockerTests
{
    [Fact]
    public async Task No_socket()
    {
        using var day = new BadDay();
        day.Environment["DOCKER_HOST"] = $"unix://{day.Root}/absent.sock";
        await SaysAsync(
            day,
            "daemon-unavailable",
            retryable: true,
            "there is no socket at",
            "Install and start Docker Engine"
        );
    }

    [Fact]
    public async Task A_socket_that_nobody_listens_on()
    {
        using var day = new BadDay();
        var path = Path.Combine(day.Root, "dead.sock");
        await day.ShellAsync($"python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"{path}\")'");
        day.Environment["DOCKER_HOST"] = $"unix://{path}";
        await SaysAsync(day, "daemon-unavailable", retryable: true, "nothing answers at", "Is the daemon running?");
    }

    [Fact]
    public async Task A_socket_that_this_user_may_not_open()
    {
        using var day = new BadDay();
        using var elsewhere = new BadDay("other");
        await using var daemon = new FakeDaemon(Path.Combine(elsewhere.Root, "root-only.sock"), _ => "");
        await day.ShellAsync($"chmod 711 {elsewhere.Root}; chmod 600 {elsewhere.Root}/root-only.sock");
        day.Environment["DOCKER_HOST"] = daemon.Address;
        var ending = await day.RunAsNobodyAsync();
        await ending.IsAsync(18, "sandbox-unavailable", "permission-denied", retryable: false);
        Assert.Contains("Add the user to the group docker", ending.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        """{"Version":"19.03.15","ApiVersion":"1.40","MinAPIVersion":"1.12"}""",
        "daemon-too-old",
        "Update Docker Engine"
    )]
    [InlineData("""{"Version":"99.0","ApiVersion":"9.99","MinAPIVersion":"9.00"}""", "daemon", "Update claw-ci")]
    [InlineData("""{"hello":"world"}""", "daemon-unavailable", "Is it a Docker daemon?")]
    [InlineData("<html><title>It works!</title>", "daemon-unavailable", "does not speak like a Docker daemon")]
    public async Task A_daemon_that_we_cannot_talk_to(string version, string reason, string advice)
    {
        using var day = new BadDay();
        await using var daemon = new FakeDaemon(Path.Combine(day.Root, "fake.sock"), _ => version);
        day.Environment["DOCKER_HOST"] = daemon.Address;
        await SaysAsync(day, reason, retryable: null, advice);
    }

    [Theory]
    [InlineData("image: no-such-image:latest, pull: never", "sandbox.pull is never")]
    [InlineData(
        "image: '127.0.0.1:1/no-such-image:latest', pull: missing",
        "docker pull 127.0.0.1:1/no-such-image:latest"
    )]
    [InlineData(
        "image: '127.0.0.1:1/no-such-image:latest', pull: always",
        "docker pull 127.0.0.1:1/no-such-image:latest"
    )]
    public async Task No_such_image(string image, string advice)
    {
        using var day = new BadDay().Task(image: image);
        await SaysAsync(day, "image-unavailable", retryable: true, "no-such-image", advice);
    }

    [Fact]
    public async Task A_container_that_is_killed_in_the_middle_of_a_call()
    {
        using var day = new BadDay().Script(BadDay.Bash("echo two > a.txt"), BadDay.Bash("sleep 60"), "text: Done.");
        using var run = day.Start();
        await run.UntilAsync(
            "tool_call",
            call => call.GetProperty("input").ToString().Contains("sleep", StringComparison.Ordinal)
        );
        await day.ShellAsync(
            $"docker kill $(docker ps --quiet --filter label=claw-ci.run={run.RunId} --filter status=running)"
        );
        var ending = await run.EndAsync();
        await ending.IsAsync(18, "sandbox-unavailable", "lost", retryable: true);
        Assert.Contains("+two", await day.PatchAsync(), StringComparison.Ordinal);
        Assert.Equal("one\n", await File.ReadAllTextAsync(day.At("a.txt"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_container_that_the_agent_kills_itself()
    {
        using var day = new BadDay().Script(BadDay.Bash("kill -9 -1; sleep 60"), "text: Done.");
        await (await day.RunAsync()).IsAsync(18, "sandbox-unavailable", "lost-to-agent", retryable: false);
    }

    /// <summary>The task's time and the runner's cleaning up hold whatever the daemon does.</summary>
    [Theory]
    [InlineData("GET /version")]
    [InlineData("GET /v[0-9.]+/images/")]
    [InlineData("POST /v[0-9.]+/volumes/create")]
    [InlineData("POST /v[0-9.]+/containers/create")]
    [InlineData("PUT /v[0-9.]+/containers/[^ ]+/archive")]
    [InlineData("POST /v[0-9.]+/containers/[^ ]+/attach")]
    [InlineData("POST /v[0-9.]+/containers/[^ ]+/start")]
    [InlineData("GET /v[0-9.]+/containers/[^ ]+/json")]
    [InlineData("DELETE /v[0-9.]+/containers/")]
    [InlineData("DELETE /v[0-9.]+/volumes/")]
    public async Task A_daemon_that_hangs(string request)
    {
        using var day = new BadDay().Task("limits: { timeout: 3s }").Script("stall: before-reply");
        string? runId;
        await using (var daemon = new DaemonProxy(Path.Combine(day.Root, "slow.sock"), request))
        {
            day.Environment["DOCKER_HOST"] = daemon.Address;
            var clock = Stopwatch.StartNew();
            var ending = await day.RunAsync();
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(3 + 5));
            Assert.True(daemon.Stalled.IsCompleted, ending.Error);
            Assert.Contains(ending.End.ExitCode, new[] { 14, 18 });
            runId = ending.IsAccordingToStatus(ending.End.ExitCode, ending.Result.GetProperty("outcome").GetString()!);
        }
        Assert.Equal(0, (await ClawCiProgram.RunAsync(day.Root, ["clean"])).ExitCode);
        Assert.Equal("", await day.LeftInDockerAsync(runId!));
    }

    private static async Task SaysAsync(BadDay day, string reason, bool? retryable, params string[] advice)
    {
        var ending = await day.RunAsync();
        await ending.IsAsync(18, "sandbox-unavailable", reason, retryable);
        foreach (var text in advice)
            Assert.Contains(text, ending.Error, StringComparison.Ordinal);
    }
}
