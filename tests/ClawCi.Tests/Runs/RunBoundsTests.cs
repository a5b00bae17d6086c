using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Runs;
using ClawCi.Runs.Batch;
using ClawCi.Runs.Planning;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClawCi.Tests.Runs;

/// <summary>What holds for several tasks together.</summary>
public sealed class RunBoundsTests : IDisposable
{
    private readonly PlannerFixture _fixture = new();
    private readonly FakeTimeProvider _time = new();
    private readonly Interruption _interruption = new();

    [Fact]
    public void The_time_of_the_run_bounds_each_task_and_counts_what_was_before_a_kill()
    {
        var plan = Plan("", values => values with { Timeout = TimeSpan.FromMinutes(10) });
        using var bounds = new RunBounds(plan, _interruption, _time, TimeSpan.FromMinutes(3));

        Assert.Equal(TimeSpan.FromMinutes(5), bounds.TimeLeft(TimeSpan.FromMinutes(5)));
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(TimeSpan.FromMinutes(1), bounds.TimeLeft(TimeSpan.FromMinutes(5)));
        Assert.Null(bounds.WhyNot(plan.Tasks[0]));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(TimeSpan.Zero, bounds.TimeLeft(TimeSpan.FromMinutes(5)));
        Assert.Equal((Outcome.TimedOut, "timeout"), Why(bounds, plan.Tasks[0]));
        // It may well succeed in another run.
        Assert.True(bounds.WhyNot(plan.Tasks[0])!.Retryable);
    }

    [Fact]
    public void Once_the_money_of_the_run_kept_a_task_from_going_on_none_is_begun()
    {
        var plan = Plan("");
        using var bounds = new RunBounds(plan, _interruption, _time, TimeSpan.Zero);

        bounds.Note(plan.Tasks[0], Ended("limit-exceeded", "max-cost-usd"));
        Assert.Null(bounds.WhyNot(plan.Tasks[1]));
        bounds.Note(plan.Tasks[0], Ended("limit-exceeded", "run-max-cost-usd"));
        Assert.Equal((Outcome.LimitExceeded, "run-max-cost-usd"), Why(bounds, plan.Tasks[1]));
        Assert.True(bounds.WhyNot(plan.Tasks[1])!.Retryable);
    }

    [Fact]
    public void Only_the_file_that_says_so_falls_with_the_first_of_its_tasks()
    {
        var plan = Plan("strategy: { matrix: { n: [1, 2] }, fail-fast: true }\n");
        using var bounds = new RunBounds(plan, _interruption, _time, TimeSpan.Zero);

        bounds.Note(plan.Tasks[0], Ended("success", "completed"));
        Assert.Null(bounds.WhyNot(plan.Tasks[1]));
        bounds.Note(plan.Tasks[0], Ended("task-failed", "check-failed"));
        Assert.Equal((Outcome.Interrupted, "fail-fast"), Why(bounds, plan.Tasks[1]));
        Assert.True(bounds.FailFast(plan.Tasks[1]).IsCancellationRequested);
        Assert.Null(bounds.WhyNot(plan.Tasks[^1]));
        Assert.False(bounds.FailFast(plan.Tasks[^1]).CanBeCanceled);
    }

    [Fact]
    public void An_interruption_comes_before_everything()
    {
        var plan = Plan("", values => values with { MaxFailures = 1 });
        using var bounds = new RunBounds(plan, _interruption, _time, TimeSpan.Zero);

        bounds.Note(plan.Tasks[0], Ended("task-failed", "check-failed"));
        Assert.Equal((Outcome.Interrupted, "max-failures"), Why(bounds, plan.Tasks[1]));
        _interruption.Request(Interruption.SigInt);
        Assert.Equal((Outcome.Interrupted, "interrupted"), Why(bounds, plan.Tasks[1]));
    }

    [Theory]
    [InlineData("model-unavailable", true, false, 1, true)]
    [InlineData("model-unavailable", true, false, 2, false)]
    // The agent's doing.
    [InlineData("sandbox-unavailable", false, false, 1, false)]
    [InlineData("task-failed", false, false, 1, true)]
    [InlineData("task-failed", false, true, 1, false)]
    [InlineData("no-changes", false, false, 1, false)]
    public void A_retry_is_for_what_it_names_and_for_what_another_attempt_may_change(
        string outcome,
        bool isRetryable,
        bool isApplied,
        int attempts,
        bool expected
    )
    {
        var retry = Plan("retry: { on: [model-unavailable, sandbox-unavailable, task-failed] }\n").Tasks[0].Retry;

        Assert.Equal(expected, retry.Again(Outcomes.Parse(outcome), isRetryable, isApplied, attempts));
    }

    [Fact]
    public void The_wait_before_another_attempt_doubles_up_to_ten_minutes_and_is_never_less_than_asked_for()
    {
        RetryPlan Retry(string backoff) => Plan($"retry: {{ backoff: {backoff} }}\n").Tasks[0].Retry;

        Assert.Equal([30, 60, 120], new[] { 1, 2, 3 }.Select(n => Retry("30s").WaitAfter(n).TotalSeconds));
        Assert.Equal(600, Retry("6m").WaitAfter(2).TotalSeconds);
        Assert.Equal(1200, Retry("20m").WaitAfter(2).TotalSeconds);
    }

    public void Dispose()
    {
        _fixture.Dispose();
        _interruption.Dispose();
    }

    /// <summary>A task file with these keys, and another one.</summary>
    private RunPlan Plan(string keys, Func<CommandLineValues, CommandLineValues>? change = null) =>
        Planner.Plan(
            _fixture.Request(
                _fixture.Files.Write("task.yaml", PlannerFixture.Minimal + keys),
                _fixture.Files.Write("other.yaml", PlannerFixture.Minimal)
            ) with
            {
                CommandLine = (change ?? (values => values))(new()),
            }
        );

    private static (Outcome, string)? Why(RunBounds bounds, PlannedTask task) =>
        bounds.WhyNot(task) is { } why ? (why.Outcome, why.Reason) : null;

    private static TaskEnded Ended(string outcome, string reason) =>
        new(
            "",
            outcome != "success",
            1,
            1,
            1,
            0,
            new Usage(),
            new Dictionary<string, ModelUsage>(),
            [],
            null,
            "",
            "",
            outcome,
            0,
            reason,
            "",
            false,
            [],
            [],
            null,
            "nothing",
            [],
            0
        );
}
