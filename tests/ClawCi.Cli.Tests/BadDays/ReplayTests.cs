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
        day.Environment["JOB_COMPLETION_INDEX"] = "0";
        string[] own = ["--output-format=stream-json", "--stream-format=claude", "--shard=auto/1"];
        await (await day.RunAsync(["--record", .. own])).IsAsync(0, "success");
        day.Environment.Clear();
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
    public async Task A_run_with_secrets_and_relative_files_is_recorded_without_them_and_runs_again()
    {
        const string Token = "canary-token-5d1f90b7a3c2";
        const string Other = "canary-of-a-file-81e2c7d4";
        const string Rounds = "apply: never\nverify: { rounds: 2, checks: [{ id: c, run: grep three a.txt }] }";
        const string Setup = "setup: [{ run: 'echo $TOKEN $OTHER > leak.txt', secrets: [TOKEN, OTHER] }]";
        using var day = Day()
            .Task(Rounds, Setup)
            .Script(
                BadDay.Bash("cat leak.txt; echo two >> a.txt"),
                $"text: I read {Token} and {Other}.",
                BadDay.Bash("echo three >> a.txt"),
                "text: Done."
            );
        File.WriteAllText(Path.Combine(day.Root, "settings.yaml"), "version: 1\nlimits: { max-turns: 30 }\n");
        File.WriteAllText(Path.Combine(day.Root, "other.txt"), Other);
        day.Environment["TOKEN"] = Token;

        var run = await day.RunAsync(
            "--record",
            "--settings=settings.yaml",
            "--secret=TOKEN",
            "--secret=OTHER=@other.txt"
        );
        await run.IsAsync(0, "success");

        foreach (var file in Directory.EnumerateFiles(day.Out, "*", SearchOption.AllDirectories))
        {
            var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            Assert.DoesNotContain(Token, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Other, text, StringComparison.Ordinal);
        }
        Assert.Contains("***", Read(day.TaskDirectory, "recording/0002.request.json"), StringComparison.Ordinal);
        var again = await ReplayAsync(day);
        Assert.True(again.ExitCode == 0, again.Error);

        day.Task(Rounds.Replace("rounds: 2", "rounds: 1", StringComparison.Ordinal), Setup);
        var less = await ReplayAsync(day);
        Assert.Equal(21, less.ExitCode);
        Assert.Contains(
            "0003.request.json: the run ended without this request and 1 more",
            less.Error,
            StringComparison.Ordinal
        );
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
