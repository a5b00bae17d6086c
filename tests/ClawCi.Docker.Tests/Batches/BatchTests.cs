using ClawCi.Docker.Tests.Verification;
using ClawCi.Events;
using ClawCi.Sessions;
using Xunit;

namespace ClawCi.Docker.Tests.Batches;

/// <summary>Several tasks in one run: what they share, and what they must not do to each other.</summary>
public sealed class BatchTests
{
    [Fact]
    public async Task Tasks_at_once_begin_from_the_same_checkout_and_are_applied_when_all_have_worked()
    {
        using var batch = new EngineBatch()
            .Task("first", "", EngineRun.Bash($"{EngineBatch.Wait}; echo 1 > first"), "text: Done.")
            .Task("second", "", EngineRun.Bash($"{EngineBatch.Wait}; ls > seen; echo 2 > second"), "text: Done.");

        var ends = await batch.RunAsync(batch.Plan(workers: 2), batch.OpenWhen(2));

        Assert.All(ends.Values, ended => Assert.Equal(("success", "applied"), (ended.Outcome, ended.Applied)));
        Assert.Equal(("1\n", "2\n"), (batch.Checkout("first"), batch.Checkout("second")));
        Assert.DoesNotContain("first", batch.Checkout("seen"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_worker_gives_each_task_the_same_as_many_and_a_file_that_two_change_is_not_merged()
    {
        using var batch = new EngineBatch()
            .Task("first", "", EngineRun.Bash("cat a.txt; echo first >> a.txt"), "text: Done.")
            .Task("second", "", EngineRun.Bash("grep first a.txt || echo second >> a.txt"), "text: Done.")
            .Task("third", "", EngineRun.Bash("echo 3 > third"), "text: Done.");

        var ends = await batch.RunAsync(batch.Plan(workers: 1));

        Assert.Equal(("success", "applied"), (ends["first"].Outcome, ends["first"].Applied));
        Assert.Equal(("apply-failed", "failed", 22), Ended(ends["second"]));
        Assert.Contains("a.txt by first", ends["second"].Message, StringComparison.Ordinal);
        Assert.Equal(("success", "applied", 0), Ended(ends["third"]));
        Assert.Equal("one\nfirst\n", batch.Checkout("a.txt"));
        Assert.Contains(
            "+second",
            await File.ReadAllTextAsync(
                batch.Files["out/tasks/second/changes.patch"],
                TestContext.Current.CancellationToken
            ),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task When_a_task_of_a_file_fails_the_others_of_that_file_end_and_those_of_another_go_on()
    {
        using var batch = new EngineBatch()
            .Task(
                "many",
                "strategy: { matrix: { n: [1, 2, 3] }, max-parallel: 2, fail-fast: true }\napply: never",
                EngineRun.Bash($"{EngineBatch.Wait}; test $CLAW_MATRIX_N = 1 || sleep 100"),
                "text: I did nothing."
            )
            .Task("other", "apply: never", EngineRun.Bash($"{EngineBatch.Wait}; echo x > x"), "text: Done.");

        var ends = await batch.RunAsync(batch.Plan(workers: 4), batch.OpenWhen(3));

        Assert.Equal("no-changes", ends["many-1"].Outcome);
        Assert.Equal(("interrupted", "fail-fast"), (ends["many-2"].Outcome, ends["many-2"].Reason));
        Assert.Equal(
            ("interrupted", "fail-fast", 0),
            (ends["many-3"].Outcome, ends["many-3"].Reason, ends["many-3"].NumTurns)
        );
        Assert.Equal("success", ends["other"].Outcome);
        Assert.DoesNotContain(batch.Events, seen => seen is { Task: "many-3", Event: SandboxStarted });
    }

    [Fact]
    public async Task After_enough_failures_no_task_is_begun_and_each_has_a_record_that_says_why()
    {
        using var batch = new EngineBatch()
            .Task("a", "", "text: I do nothing.")
            .Task("b", "", EngineRun.Bash("echo b > b"), "text: Done.");

        var ends = await batch.RunAsync(
            batch.Plan(
                workers: 1,
                request => request with { CommandLine = request.CommandLine with { MaxFailures = 1 } }
            )
        );

        Assert.Equal("no-changes", ends["a"].Outcome);
        Assert.Equal(("interrupted", "max-failures"), (ends["b"].Outcome, ends["b"].Reason));
        var lines = TranscriptReader.Read(batch.Files["out/tasks/b/transcript.jsonl"]);
        Assert.IsType<RunStarted>(lines[0].Event);
        Assert.Equal("max-failures", Assert.IsType<TaskEnded>(lines[^1].Event).Reason);
    }

    [Fact]
    public async Task A_task_is_tried_again_after_the_outcomes_it_names_and_both_attempts_are_paid_for_by_it()
    {
        using var batch = new EngineBatch().Task(
            "again",
            "retry: { on: [no-changes], attempts: 2, backoff: 1s }\nlimits: { max-turns: 3 }",
            "text: I do nothing.",
            EngineRun.Bash("echo x > x"),
            "text: Done."
        );

        var ended = (await batch.RunAsync(batch.Plan(workers: 1)))["again"];

        Assert.Equal(("success", 3), (ended.Outcome, ended.NumTurns));
        var first = TranscriptReader.Read(batch.Files["out/attempts/again/1/transcript.jsonl"]);
        var second = TranscriptReader.Read(batch.Files["out/tasks/again/transcript.jsonl"]);
        Assert.Equal("no-changes", Assert.IsType<TaskEnded>(first[^1].Event).Outcome);
        Assert.Equal((1, 2), (first[0].Envelope.Attempt, second[0].Envelope.Attempt));
    }

    private static (string, string, int) Ended(TaskEnded ended) => (ended.Outcome, ended.Applied, ended.ExitCode);
}
