using System.Diagnostics;
using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>A signal at any moment: result written, container gone, within five seconds.</summary>
[Collection(Resuming.Cleaning.Name)]
public sealed class InterruptionTests
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task During_a_tool_call_the_changes_so_far_are_kept(string signal, int exitCode)
    {
        using var day = new BadDay().Script(BadDay.Bash("echo two > a.txt; sleep 60"), "text: Done.");
        using var run = day.Start("--apply=always");
        await run.UntilAsync("policy_decision");
        await UntilWrittenAsync(run);
        await EndsAsync(run, signal, exitCode);
        Assert.Contains("+two", await day.PatchAsync(), StringComparison.Ordinal);
        Assert.Equal("one\n", await File.ReadAllTextAsync(day.At("a.txt"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_signal_that_comes_twice_at_once_is_one()
    {
        using var day = new BadDay().Script(BadDay.Bash("echo two > a.txt; sleep 60"), "text: Done.");
        using var run = day.Start();
        await run.UntilAsync("policy_decision");
        await UntilWrittenAsync(run);
        await EndsAsync(run, "TERM", 143, times: 5);
        Assert.Contains("+two", await day.PatchAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("before-reply")]
    [InlineData("in-reply")]
    public async Task While_the_model_is_silent(string stall)
    {
        using var day = new BadDay().Script(BadDay.Bash("echo two > a.txt"), $"text: Well, stall: {stall}");
        using var run = day.Start();
        await run.UntilAsync("tool_result");
        await EndsAsync(run, "TERM", 143);
        Assert.Contains("+two", await day.PatchAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_model_is_waited_for_between_attempts()
    {
        using var day = new BadDay().Script("status: 529, retry-after: 60, repeat: forever");
        using var run = day.Start();
        await run.UntilAsync("api_retry");
        await EndsAsync(run, "INT", 130);
    }

    [Fact]
    public async Task During_setup()
    {
        using var day = new BadDay().Task(sandbox: "setup: [{ run: sleep 60 }]");
        using var run = day.Start();
        await run.UntilAsync("run_started");
        await RunningAsync(day, run);
        await EndsAsync(run, "TERM", 143);
    }

    [Fact]
    public async Task During_checks()
    {
        using var day = new BadDay()
            .Task("verify: { checks: [{ id: slow, run: sleep 60 }] }")
            .Script(BadDay.Bash("echo two > a.txt"), "text: Done.");
        using var run = day.Start();
        await run.UntilContainerAsync("checks");
        await EndsAsync(run, "INT", 130);
        Assert.Contains("+two", await day.PatchAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /version")]
    [InlineData("POST /v[0-9.]+/containers/create")]
    [InlineData("POST /v[0-9.]+/containers/[^ ]+/start")]
    public async Task While_the_daemon_hangs(string request)
    {
        using var day = new BadDay();
        LiveRun run;
        Ending ending;
        await using (var daemon = new DaemonProxy(Path.Combine(day.Root, "slow.sock"), request))
        {
            day.Environment["DOCKER_HOST"] = daemon.Address;
            using (run = day.Start())
            {
                await daemon.Stalled.WaitAsync(TestContext.Current.CancellationToken);
                var clock = Stopwatch.StartNew();
                await run.SignalAsync("TERM");
                ending = await run.EndAsync();
                Assert.InRange(clock.Elapsed, TimeSpan.Zero, Promised);
            }
        }
        var runId = ending.IsAccordingToStatus(143, "interrupted")!;
        Assert.Equal("interrupted", ending.Result.GetProperty("outcome").GetString());
        Assert.Equal(0, (await ClawCiProgram.RunAsync(day.Root, ["clean"])).ExitCode);
        Assert.Equal("", await day.LeftInDockerAsync(runId));
    }

    /// <summary>No event to wait for: the moments in between.</summary>
    [Theory]
    [InlineData(5)]
    [InlineData(60)]
    [InlineData(150)]
    [InlineData(300)]
    [InlineData(500)]
    [InlineData(900)]
    [InlineData(1500)]
    public async Task At_any_moment(int milliseconds)
    {
        using var day = new BadDay().Script(BadDay.Bash("echo two >> a.txt; wc -l a.txt") + ", repeat: forever");
        day.Task("limits: { max-turns: 100000, max-tool-calls: 100000 }");
        using var run = day.Start();
        await Task.Delay(milliseconds, TestContext.Current.CancellationToken);
        var clock = Stopwatch.StartNew();
        await run.SignalAsync("INT");
        var ending = await run.EndAsync();
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Promised);
        // Before the run began there is nothing to write a result of.
        if (File.Exists(day.Transcript))
            await ending.IsAsync(130, "interrupted", retryable: true);
        else
            Assert.Equal(130, ending.End.ExitCode);
        Assert.Equal("one\n", await File.ReadAllTextAsync(day.At("a.txt"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_kill_leaves_no_container_running_and_a_record_that_reports_are_made_of()
    {
        using var day = new BadDay().Script(BadDay.Bash("echo two > a.txt; sleep 60"), "text: Done.");
        using var run = day.Start();
        await run.UntilAsync("policy_decision");
        await UntilWrittenAsync(run);
        run.Process.Kill();
        var killed = Stopwatch.StartNew();
        await run.EndAsync();
        while ((await day.ShellAsync($"docker ps --quiet --filter label=claw-ci.run={run.RunId}")).Length > 0)
            Assert.InRange(killed.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Ending.ReadTranscript(day.Transcript);

        var clean = await ClawCiProgram.RunAsync(day.Root, ["clean"]);
        Assert.True(clean.ExitCode == 0, clean.Error);
        Assert.Equal("", await day.LeftInDockerAsync(run.RunId));
        var report = await ClawCiProgram.RunAsync(day.Root, ["report", day.Out]);
        Assert.True(report.ExitCode == 0, report.Error);
        Assert.True(File.Exists(Path.Combine(day.Out, "report.html")));
        var result = ExampleRun.Json(Path.Combine(day.Out, "result.json"));
        Assert.Equal(run.RunId, result.GetProperty("run_id").GetString());
        Assert.NotEqual("success", result.GetProperty("outcome").GetString());
    }

    private static async Task EndsAsync(LiveRun run, string signal, int exitCode, int times = 1)
    {
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < times; i++)
            await run.SignalAsync(signal);
        var ending = await run.EndAsync();
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Promised);
        await ending.IsAsync(exitCode, "interrupted", "interrupted", retryable: true);
    }

    /// <summary>Until the agent's command sleeps, after it has written.</summary>
    private static async Task UntilWrittenAsync(LiveRun run) =>
        await ExampleRun.ShellAsync(
            "/",
            $"until docker top $(docker ps --quiet --filter label=claw-ci.run={run.RunId} --filter status=running) | grep -q 'sleep 60'; do sleep 0.1; done"
        );

    private static async Task RunningAsync(BadDay day, LiveRun run) =>
        await day.ShellAsync(
            $"until docker ps --quiet --filter label=claw-ci.run={run.RunId} --filter status=running | grep -q .; do sleep 0.1; done"
        );
}
