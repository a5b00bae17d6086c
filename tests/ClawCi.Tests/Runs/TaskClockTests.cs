using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Runs;
using ClawCi.Runs.Planning;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClawCi.Tests.Runs;

public sealed class TaskClockTests : IDisposable
{
    private static readonly TaskLimits Limits = new(
        MaxTurns: 1,
        MaxToolCalls: 1,
        MaxOutputTokens: null,
        MaxCostUsd: null,
        Timeout: TimeSpan.FromMinutes(40),
        IdleTimeout: TimeSpan.FromMinutes(10),
        ToolTimeout: TimeSpan.FromMinutes(2),
        MaxDenials: 1
    );

    private readonly FakeTimeProvider _time = new();
    private readonly Interruption _interruption = new();
    private readonly RecordingObserver _listener = new();
    private readonly TaskClock _clock;

    public TaskClockTests()
    {
        _clock = new TaskClock(Limits, Limits.Timeout, _interruption, _time) { Listener = _listener };
    }

    [Fact]
    public async Task Silence_ends_the_task()
    {
        _time.Advance(TimeSpan.FromMinutes(10));

        await FiredAsync();
        Assert.Equal((Outcome.TimedOut, "idle-timeout"), (_clock.Why!.Outcome, _clock.Why.Reason));
    }

    [Fact]
    public async Task Any_event_but_a_heartbeat_breaks_the_silence()
    {
        for (var i = 0; i < 7; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(5));
            _clock.On(new Warned("still here"));
            _clock.On(new Heartbeat("model", 1));
        }
        Assert.Null(_clock.Why);

        _time.Advance(TimeSpan.FromMinutes(5));
        await FiredAsync();
        Assert.Equal("timeout", _clock.Why?.Reason);
    }

    [Fact]
    public void A_check_under_its_own_timeout_may_be_silent_for_longer()
    {
        using (_clock.Awaiting("check test"))
            _time.Advance(TimeSpan.FromMinutes(30));
        Assert.Null(_clock.Why);
    }

    [Fact]
    public async Task The_first_reason_counts()
    {
        _interruption.Request(Interruption.SigTerm);
        _time.Advance(TimeSpan.FromHours(1));

        await FiredAsync();
        Assert.Equal(Outcome.Interrupted, _clock.Why?.Outcome);
    }

    [Fact]
    public void A_long_wait_is_said_and_names_what_is_waited_for()
    {
        _clock.On(new MessageAdded(Role.User, [], 1));
        _time.Advance(TimeSpan.FromSeconds(30));
        _clock.On(new ToolCalled("t", "bash", default, 1));
        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(["model", "tool bash"], _listener.Events.OfType<Heartbeat>().Select(beat => beat.Waiting));
    }

    [Fact]
    public async Task While_it_stands_no_time_runs_out_and_nobody_is_told_of_silence()
    {
        var others = new TaskCompletionSource();
        var standing = _clock.StandAsync(others.Task);
        _time.Advance(TimeSpan.FromHours(5));
        _clock.Stop(new(Outcome.Interrupted, "fail-fast", "Another failed."));
        others.SetResult();

        Assert.True(await standing);
        Assert.Equal(TimeSpan.FromHours(5), _clock.Stood);
        Assert.Null(_clock.Why);
        Assert.Empty(_listener.Events);
    }

    [Fact]
    public async Task Standing_ends_with_an_interruption()
    {
        var standing = _clock.StandAsync(new TaskCompletionSource().Task);
        _interruption.Request(Interruption.SigInt);

        Assert.False(await standing);
    }

    [Fact]
    public async Task What_was_interrupted_does_not_stand()
    {
        _interruption.Request(Interruption.SigInt);
        await FiredAsync();

        Assert.False(await _clock.StandAsync(Task.CompletedTask));
    }

    [Fact]
    public void What_ran_out_of_time_has_minutes_to_be_delivered_and_what_is_interrupted_then_has_seconds()
    {
        _clock.On(new ToolCalled("t", "bash", default, 1));
        _time.Advance(Limits.Timeout);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(_clock.Overdue.IsCancellationRequested);
        _interruption.Request(Interruption.SigTerm);
        _time.Advance(TimeSpan.FromSeconds(4));

        Assert.True(_clock.Overdue.IsCancellationRequested);
        Assert.Equal("idle-timeout", _clock.WhyOverdue?.Reason);
        Assert.Contains(
            "no time left to read what the agent may have changed",
            _clock.Overran,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_is_delivered_no_deadline_changes_any_more_and_Docker_is_waited_for_a_while()
    {
        using (_clock.Awaiting("the changes to be read"))
            _clock.Delivered();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Null(_clock.Why);
        _clock.Leave();
        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.True(_clock.Overdue.IsCancellationRequested);
        Assert.Null(_clock.WhyOverdue);
        Assert.Contains("did not remove the sandbox", _clock.Overran, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interruption_counts_to_the_end()
    {
        _clock.Delivered();
        _interruption.Request(Interruption.SigInt);
        _clock.Leave();
        _time.Advance(TimeSpan.FromSeconds(4));

        Assert.True(_clock.Overdue.IsCancellationRequested);
        Assert.Equal(Outcome.Interrupted, _clock.WhyOverdue?.Outcome);
    }

    public void Dispose()
    {
        _clock.Dispose();
        _interruption.Dispose();
    }

    private async Task FiredAsync()
    {
        var fired = new TaskCompletionSource();
        await using var registration = _clock.Token.Register(fired.SetResult);
        await fired.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }
}
