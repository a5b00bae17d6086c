using System.Text.Json;
using ClawCi.Cli.Tests.BadDays;
using Xunit;

namespace ClawCi.Cli.Tests.Resuming;

/// <summary>What can be resumed, what cannot, and what is said then.</summary>
[Collection(Cleaning.Name)]
public sealed class ResumeTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_that_has_ended_is_not_resumed()
    {
        using var day = new BadDay().Task("expect-changes: false");
        await (await day.RunAsync()).IsAsync(0, "success");
        var before = await File.ReadAllTextAsync(day.Transcript, Now);
        await RefusedAsync(day, "this run has ended: success");
        Assert.Equal(before, await File.ReadAllTextAsync(day.Transcript, Now));
    }

    [Fact]
    public async Task A_killed_run_keeps_its_layers_from_the_next_run_and_goes_on_with_the_script_where_it_was()
    {
        using var day = Killable();
        var runId = await KillAsync(day);
        Assert.NotEqual("", await day.LeftInDockerAsync(runId));
        using (var other = new BadDay(test: "the-next-run").Task("expect-changes: false"))
            await (await other.RunAsync()).IsAsync(0, "success");
        var listed = await ClawCiProgram.RunAsync(day.Root, ["clean", "--list"]);
        Assert.Contains($"task bad-day of {day.Out}", listed.Output, StringComparison.Ordinal);

        var end = new Ending(day, await ClawCiProgram.RunAsync(day.Root, ["resume", day.Out]));

        await end.IsAsync(0, "success");
        Assert.Equal("one\ntwo\nthree\n", await File.ReadAllTextAsync(day.At("a.txt"), Now));
        Assert.Contains("Interrupted", end.ToolResults(), StringComparison.Ordinal);
        var lines = Ending.ReadTranscript(day.Transcript);
        Assert.Equal(2, lines[^1].GetProperty("attempt").GetInt32());
        Assert.Equal(4, end.Result.GetProperty("num_turns").GetInt32());
        await RefusedAsync(day, "this run has ended: success");
    }

    [Fact]
    public async Task What_is_not_as_it_was_is_said_and_nothing_is_touched()
    {
        using var day = Killable();
        await KillAsync(day);
        var before = await File.ReadAllTextAsync(day.Transcript, Now);
        var task = await File.ReadAllTextAsync(Path.Combine(day.Root, "task.yaml"), Now);
        await File.WriteAllTextAsync(Path.Combine(day.Root, "task.yaml"), task + "# changed\n", Now);
        await RefusedAsync(day, "its task file");
        await File.WriteAllTextAsync(Path.Combine(day.Root, "task.yaml"), task, Now);

        day.Environment["CLAW_CI_PERMISSION_MODE"] = "read-only";
        await RefusedAsync(day, "what was resolved from settings, environment and files");
        day.Environment.Clear();

        await day.ShellAsync(
            $"cd {day.Workspace} && git init -q . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m other"
        );
        await RefusedAsync(day, "the checkout");
        await day.ShellAsync($"rm -r {day.At(".git")}");

        await File.WriteAllTextAsync(day.Transcript, before.Replace("two", "2wo", StringComparison.Ordinal), Now);
        var edited = await ClawCiProgram.RunAsync(day.Root, ["resume", day.Out]);
        Assert.Equal(3, edited.ExitCode);
        Assert.Contains("this transcript was edited", edited.Error, StringComparison.Ordinal);
        await File.WriteAllTextAsync(day.Transcript, before, Now);

        Assert.Equal(0, (await ClawCiProgram.RunAsync(day.Root, ["clean"])).ExitCode);
        await RefusedAsync(day, "Docker no longer has what the agent made");
        Assert.Equal(before, await File.ReadAllTextAsync(day.Transcript, Now));
    }

    [Fact]
    public async Task A_run_that_goes_on_is_left_alone_and_of_two_resumes_one_wins()
    {
        using var day = new BadDay().Task("expect-changes: false").Script(BadDay.Bash("sleep 60"), "text: Done.");
        using (var run = day.Start())
        {
            await run.UntilAsync("policy_decision");
            await RefusedAsync(day, $"still going on, as process {run.Process.Id}");
            Assert.Contains(
                $"as process {run.Process.Id}",
                (await day.RunAsync("--force")).Error,
                StringComparison.Ordinal
            );
            run.Process.Kill();
            await run.Process.WaitForExitAsync(Now);
        }
        var both = await Task.WhenAll(
            ClawCiProgram.RunAsync(day.Root, ["resume", day.Out]),
            ClawCiProgram.RunAsync(day.Root, ["resume", day.Out])
        );
        var (winner, loser) = both[0].ExitCode == 2 ? (both[1], both[0]) : (both[0], both[1]);
        await new Ending(day, winner).IsAsync(0, "success");
        Assert.Contains("▶ resumed", winner.Error, StringComparison.Ordinal);
        Assert.Contains("✓ bad-day  success", winner.Error, StringComparison.Ordinal);
        Assert.Equal(2, loser.ExitCode);
    }

    [Fact]
    public async Task A_run_that_is_killed_in_setup_and_later_again_has_one_place_to_work()
    {
        using var day = new BadDay()
            .Task("expect-changes: false", "setup: [{ run: sleep 2 }]")
            .Script(BadDay.Bash("sleep 60"), "text: Done.");
        using (var run = day.Start())
        {
            await run.UntilAsync("run_started");
            while ((await day.LeftInDockerAsync(run.RunId)).Length == 0) { }
            run.Process.Kill();
            await run.Process.WaitForExitAsync(Now);
        }
        using (
            var again = ClawCiProgram.Start(
                day.Root,
                ["resume", day.Out, "--output-format=stream-json"],
                day.Environment
            )
        )
        {
            while ((await again.StandardOutput.ReadLineAsync(Now))?.Contains("policy_decision") == false) { }
            again.Kill();
            await again.WaitForExitAsync(Now);
        }
        var end = await ClawCiProgram.RunAsync(day.Root, ["resume", day.Out]);
        await new Ending(day, end).IsAsync(0, "success");
    }

    /// <summary>The second call hangs until it is killed; the script goes on as if it had been made.</summary>
    private static BadDay Killable() =>
        new BadDay().Script(
            BadDay.Bash("echo two >> a.txt"),
            BadDay.Bash("sleep 60"),
            BadDay.Bash("echo three >> a.txt"),
            "text: Done."
        );

    /// <returns>The run's id.</returns>
    private static async Task<string> KillAsync(BadDay day)
    {
        using var run = day.Start();
        await run.UntilAsync("tool_result");
        await run.UntilAsync("policy_decision");
        run.Process.Kill();
        await run.Process.WaitForExitAsync(Now);
        return run.RunId;
    }

    private static async Task RefusedAsync(BadDay day, string why)
    {
        var end = await ClawCiProgram.RunAsync(day.Root, ["resume", day.Out], environment: day.Environment);
        Assert.Equal(2, end.ExitCode);
        Assert.Contains(why, end.Error, StringComparison.Ordinal);
        Assert.EndsWith(
            "CLAW_CI_STATUS: outcome=usage-error reason=command-line exit=2 retryable=false run=-\n",
            end.Error,
            StringComparison.Ordinal
        );
    }
}
