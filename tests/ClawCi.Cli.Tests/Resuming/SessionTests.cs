using ClawCi.Cli.Tests.BadDays;
using Xunit;

namespace ClawCi.Cli.Tests.Resuming;

/// <summary><c>run --session</c> with the program as it ships, killed on the way too.</summary>
[Collection(Cleaning.Name)]
public sealed class SessionTests
{
    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_goes_on_from_another_ones_session_and_is_resumed_when_it_is_killed()
    {
        using var earlier = new BadDay(test: "earlier")
            .Task("limits: { max-turns: 1 }")
            .Script(BadDay.Bash("echo two >> a.txt"), "text: Done.");
        await (await earlier.RunAsync()).IsAsync(13, "limit-exceeded", "max-turns");
        using var later = new BadDay().Script(
            BadDay.Bash("grep two a.txt"),
            BadDay.Bash("sleep 60"),
            BadDay.Bash("echo three >> a.txt"),
            "text: Done."
        );
        var session = Path.Combine(later.Root, "session.json");
        File.Move(Path.Combine(earlier.TaskDirectory, "session.json"), session);
        Assert.Equal(0, (await ClawCiProgram.RunAsync(later.Root, ["validate", session])).ExitCode);

        using (var run = later.Start($"--session={session}"))
        {
            await run.UntilAsync("continued");
            await run.UntilAsync("tool_result");
            await run.UntilAsync("policy_decision");
            run.Process.Kill();
            await run.Process.WaitForExitAsync(Now);
        }
        var end = new Ending(later, await ClawCiProgram.RunAsync(later.Root, ["resume", later.Out]));

        await end.IsAsync(0, "success");
        Assert.Equal("one\ntwo\nthree\n", await File.ReadAllTextAsync(later.At("a.txt"), Now));
        Assert.Contains("+two\n+three\n", await later.PatchAsync(), StringComparison.Ordinal);
        Assert.Single(
            Ending.ReadTranscript(later.Transcript),
            line => line.GetProperty("type").GetString() == "continued"
        );
    }

    [Fact]
    public async Task A_session_that_is_none_starts_nothing()
    {
        using var day = new BadDay();
        var session = Path.Combine(day.Root, "session.json");
        await File.WriteAllTextAsync(session, "{\n  \"schema\": 1\n}", Now);
        foreach (string[] line in new[] { day.Arguments($"--session={session}"), ["validate", session] })
        {
            var end = await ClawCiProgram.RunAsync(day.Root, line);
            Assert.Equal(3, end.ExitCode);
            Assert.Contains($"{session}:2:", end.Error, StringComparison.Ordinal);
        }
        Assert.False(Directory.Exists(day.Out));
    }
}
