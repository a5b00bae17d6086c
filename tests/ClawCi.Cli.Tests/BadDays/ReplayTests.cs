using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Cli.Tests.BadDays;

/// <summary>A run that is recorded and run again from its recording, in real containers.</summary>
public sealed class ReplayTests
{
    private const string Look = "ls -a; date +%FT%T; mktemp; echo two >> a.txt; cat a.txt";

    [Fact]
    public async Task A_recorded_run_runs_again_without_its_model_and_a_changed_prompt_is_shown()
    {
        using var day = Day();
        await (await day.RunAsync("--record")).IsAsync(0, "success");
        var recorded = day.TaskDirectory;
        File.Delete(Path.Combine(day.Root, "script.yaml"));
        Assert.Contains("status: 529", Read(recorded, "recording/0001.reply.txt"), StringComparison.Ordinal);
        Assert.Contains("<temp>", Read(recorded, "recording/0003.request.json"), StringComparison.Ordinal);

        var again = await ReplayAsync(day);

        Assert.True(again.ExitCode == 0, again.Error);
        Assert.Equal(Read(recorded, "changes.patch"), Read(day.Out, "replay/tasks/bad-day/changes.patch"));
        Assert.Equal("one\n", await File.ReadAllTextAsync(day.At("a.txt"), TestContext.Current.CancellationToken));

        day.Task("apply: never\ndescription: another");
        var task = Path.Combine(day.Root, "task.yaml");
        await File.WriteAllTextAsync(
            task,
            Read(day.Root, "task.yaml").Replace("what has to be done", "nothing at all", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );
        var other = await ReplayAsync(day);

        Assert.Equal(21, other.ExitCode);
        Assert.Contains("outcome=replay-mismatch reason=recording-mismatch", other.Error, StringComparison.Ordinal);
        foreach (
            var line in new[]
            {
                "tasks/bad-day/recording/0001.request.json: request 1 is another than was recorded",
                "\n  │   first difference at messages[0].content[0].text\n",
                "\n  │   - Do what has to be done.\n",
                "\n  │   + Do nothing at all.\n",
            }
        )
            Assert.Contains(line, other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_not_recorded_cannot_be_replayed()
    {
        using var day = Day();
        await (await day.RunAsync()).IsAsync(0, "success");
        var end = await ReplayAsync(day);
        Assert.Equal(3, end.ExitCode);
        Assert.Contains("no run was recorded here (claw-ci run --record)", end.Error, StringComparison.Ordinal);
    }

    /// <summary>Its reports are in the workspace, as they are for everyone who says nothing about them.</summary>
    private static BadDay Day([System.Runtime.CompilerServices.CallerMemberName] string test = "")
    {
        var day = new BadDay(test: test)
            .Task("apply: never")
            .Script("status: 529", BadDay.Bash(Look), BadDay.Bash(Look), "text: Done.");
        day.Out = day.At("claw-ci-out");
        return day;
    }

    private static Task<ProgramEnd> ReplayAsync(BadDay day) =>
        ClawCiProgram.RunAsync("/", ["replay", day.Out], environment: day.Environment);

    private static string Read(string directory, string file) => File.ReadAllText(Path.Combine(directory, file));
}
