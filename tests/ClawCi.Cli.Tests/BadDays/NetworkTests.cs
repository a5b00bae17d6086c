using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>What a task may reach and what its setup may know, over the built program.</summary>
public sealed class NetworkTests
{
    private const string Secret = "canary-feed-4f1c77d2ab";

    [Fact]
    public async Task A_refused_host_is_told_to_the_model_the_log_the_transcript_and_the_summary()
    {
        using var day = new BadDay()
            .Task(sandbox: "network: { allow: [nuget] }")
            .Script(
                BadDay.Bash(
                    "echo two > a.txt; python3 -c \"import urllib.request as u; u.urlopen('http://evil.test/')\" 2>&1 | tail -1"
                ),
                "text: Done."
            );
        var ending = await day.RunAsync();
        await ending.IsAsync(0, "success");
        Assert.Contains("refused by network", ending.End.Error, StringComparison.Ordinal);
        var transcript = await ReadAsync(day.Transcript);
        Assert.Contains("403: Refused by claw-ci, rule network: evil.test:80", transcript, StringComparison.Ordinal);
        Assert.Contains(
            """
            "type":"network","purpose":"agent","host":"evil.test","port":80,"decision":"deny","rule":"network"
            """,
            transcript,
            StringComparison.Ordinal
        );
        Assert.Contains("only: nuget", transcript, StringComparison.Ordinal);
        Assert.Contains(
            "<code>evil.test&#58;80</code>, agent",
            await ReadAsync(Path.Combine(day.Out, "summary.md")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "evil.test:80",
            await ReadAsync(Path.Combine(day.Out, "report.html")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_setup_steps_secret_is_in_that_step_and_in_no_file_or_stream_of_the_run()
    {
        using var day = new BadDay()
            .Task(
                sandbox: "setup: [ { run: 'echo got $FEED and $FILED', secrets: [FEED, FILED] }, { run: 'test -z \"$FEED\"' } ]"
            )
            .Script(
                BadDay.Bash(
                    "echo two > a.txt; env; cat /proc/*/environ; grep -rs canary- /workspace /tmp /home /run /etc"
                ),
                "text: Done."
            );
        await File.WriteAllTextAsync(
            Path.Combine(day.Root, "filed"),
            Secret + "-filed\n",
            TestContext.Current.CancellationToken
        );
        day.Environment["FEED"] = Secret;
        var ending = await day.RunAsync(
            "--secret=FEED",
            $"--secret=FILED=@{Path.Combine(day.Root, "filed")}",
            "--verbose"
        );
        await ending.IsAsync(0, "success");
        Assert.Contains("got *** and ***", await ReadAsync(day.Transcript), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, ending.End.Output + ending.End.Error, StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(day.Out, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain(Secret, await ReadAsync(file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_that_nobody_gave_starts_nothing_and_says_how_to_give_it()
    {
        using var day = new BadDay().Task(sandbox: "setup: [ { run: 'true', secrets: [FEED] } ]");
        var end = await ClawCiProgram.RunAsync(day.Root, day.Arguments(), environment: day.Environment);
        Assert.Equal(3, end.ExitCode);
        Assert.Contains("Add `--secret FEED`", end.Error, StringComparison.Ordinal);
        var unset = await ClawCiProgram.RunAsync(
            day.Root,
            day.Arguments("--secret=FEED"),
            environment: day.Environment
        );
        Assert.Equal(3, unset.ExitCode);
        Assert.Contains("the environment variable FEED is not set", unset.Error, StringComparison.Ordinal);
        var value = await ClawCiProgram.RunAsync(
            day.Root,
            day.Arguments($"--secret=FEED={Secret}"),
            environment: day.Environment
        );
        Assert.Equal(2, value.ExitCode);
        Assert.DoesNotContain(Secret, value.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(day.Out, "tasks")));
    }

    private static Task<string> ReadAsync(string file) =>
        File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
}
