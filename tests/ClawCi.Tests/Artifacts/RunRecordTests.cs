using ClawCi.Artifacts;
using ClawCi.Events;
using ClawCi.TestSupport;
using Xunit;

namespace ClawCi.Tests.Artifacts;

public sealed class RunRecordTests
{
    [Fact]
    public void The_fixture_is_what_the_transcript_writer_writes_today()
    {
        var path = Path.Combine(SampleRun.FixtureDirectory(), "tasks", SampleRun.TaskId, TaskRecord.TranscriptFile);
        var written = SampleRun.Transcript();
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllBytes(path, written);
        Assert.Equal(File.ReadAllBytes(path), written);
    }

    [Fact]
    public void A_run_is_read_with_its_tasks_in_order()
    {
        using var directory = new TempDirectory();
        Copy(directory, "b");
        Copy(directory, "a");
        directory.Write("tasks/not-started/notes.txt", "no transcript here");

        var run = RunRecord.Read(directory.Path);

        Assert.Equal(["a", "b"], run.Tasks.Select(task => task.Id));
        Assert.Equal("20261122-2054-7f3a9c", run.RunId);
        Assert.Equal("success", run.Tasks[0].Ended.Outcome);
    }

    [Fact]
    public void A_directory_without_a_run_is_the_users_mistake()
    {
        using var directory = new TempDirectory();

        var error = Assert.Throws<UserErrorException>(() => RunRecord.Read(directory.Path));

        Assert.Contains("no run here", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_prefix_of_a_transcript_gives_an_interrupted_task_and_all_reports()
    {
        var lines = File.ReadAllLines(
            Path.Combine(SampleRun.FixtureDirectory(), "tasks", SampleRun.TaskId, TaskRecord.TranscriptFile)
        );
        using var directory = new TempDirectory();
        for (var count = 0; count < lines.Length; count++)
        {
            directory.Write(
                "tasks/t/transcript.jsonl",
                string.Concat(lines.Take(count).Select(line => line + "\n")) + "{\"torn"
            );

            var run = RunRecord.Read(directory.Path);
            ArtifactWriters.WriteAll(run, directory.Path);

            var end = Assert.Single(run.Tasks).Ended;
            Assert.Equal(("interrupted", "killed", 143), (end.Outcome, end.Reason, end.ExitCode));
            Assert.Contains("was killed", File.ReadAllText(directory["summary.md"]), StringComparison.Ordinal);
            Assert.Contains("was killed", File.ReadAllText(directory["report.html"]), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_a_killed_task_had_recorded_is_in_its_end()
    {
        var lines = File.ReadAllLines(
            Path.Combine(SampleRun.FixtureDirectory(), "tasks", SampleRun.TaskId, TaskRecord.TranscriptFile)
        );
        using var directory = new TempDirectory();
        directory.Write("tasks/t/transcript.jsonl", string.Concat(lines.SkipLast(1).Select(line => line + "\n")));

        var end = RunRecord.Read(directory.Path).Tasks[0].Ended;

        Assert.Equal(9, end.NumTurns);
        Assert.Equal(0.0846m, end.TotalCostUsd);
        Assert.Equal("no-push", Assert.Single(end.PermissionDenials).RuleId);
        Assert.Equal([("lint", 2, "pass"), ("test", 2, "pass")], end.Checks.Select(c => (c.Id, c.Round, c.Outcome)));
        Assert.StartsWith("The totals are right again", end.Result, StringComparison.Ordinal);
        Assert.True(end.Retryable);
        Assert.Null(end.Changes);
    }

    [Fact]
    public void A_patch_that_was_written_before_the_kill_counts()
    {
        using var directory = new TempDirectory();
        Copy(directory, "t");
        var transcript = directory["tasks/t/transcript.jsonl"];
        File.WriteAllLines(transcript, File.ReadAllLines(transcript).SkipLast(1));

        var changes = RunRecord.Read(directory.Path).Tasks[0].Ended.Changes;

        Assert.Equal((8, 17, 11, 3817), (changes!.Files, changes.Additions, changes.Deletions, changes.PatchBytes));
    }

    [Fact]
    public void A_patch_that_was_applied_before_the_kill_is_said_to_be()
    {
        using var directory = new TempDirectory();
        Copy(directory, "t");
        var all = RunRecord.Read(directory.Path).Tasks[0].Lines.ToList();
        var summary = new ChangeSummary(1, 2, 3, 4, []);
        var applied = all[^1] with { Event = new Applied(summary, "success", "completed", "", false) };

        var end = new TaskRecord("t", [.. all.SkipLast(1), applied], null).Ended;

        Assert.Equal(("interrupted", "applied", summary), (end.Outcome, end.Applied, end.Changes));
    }

    private static void Copy(TempDirectory directory, string task)
    {
        var target = directory[$"tasks/{task}"];
        Directory.CreateDirectory(target);
        var source = Path.Combine(SampleRun.FixtureDirectory(), "tasks", SampleRun.TaskId);
        foreach (var file in new[] { TaskRecord.TranscriptFile, TaskRecord.PatchFile })
            File.Copy(Path.Combine(source, file), Path.Combine(target, file));
    }
}
