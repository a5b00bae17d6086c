using ClawCi.Events;
using ClawCi.Runs.Planning;

namespace ClawCi.Runs;

/// <summary>
/// Everything that may end a task from outside, in one token: the wall clock, silence, an interruption, a full disk.
/// Says which it was, and sends heartbeats while nothing else happens.
/// </summary>
internal sealed class TaskClock : IRunObserver, IDisposable
{
    private static readonly TimeSpan HeartbeatPeriod = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The contract's 5 s, less what writing the reports takes: when somebody interrupts, who waits for the result, and when the agent
    /// has made nothing that could be lost.
    /// </summary>
    private static readonly TimeSpan Hurry = TimeSpan.FromSeconds(3.5);

    /// <summary>For stopping the agent and delivering what it has made, after everything else that ends a task.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    /// <summary>For what follows: applying, and giving back what Docker holds.</summary>
    private static readonly TimeSpan AfterStanding = TimeSpan.FromMinutes(5);

    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenSource _overdue = new();
    private readonly CancellationTokenRegistration _interrupted;
    private readonly ITimer _wall;
    private readonly ITimer _idle;
    private readonly ITimer _heartbeat;
    private readonly ITimer _grace;
    private readonly TimeSpan _idleTimeout;
    private readonly TimeProvider _time;
    private readonly CancellationToken _interruption;
    private bool _stands;
    private bool _isDelivered;
    private bool _hasWorked;
    private long _lastEvent;
    private string _waiting = "sandbox";

    public TaskClock(TaskLimits limits, TimeSpan timeout, Interruption interruption, TimeProvider time)
    {
        _time = time;
        _idleTimeout = limits.IdleTimeout;
        _interruption = interruption.Token;
        _lastEvent = time.GetTimestamp();
        Deadline = time.GetUtcNow() + timeout;
        _wall = time.CreateTimer(
            _ => Stop(new(Outcome.TimedOut, "timeout", $"The task's time of {Text(timeout)} is over.")),
            null,
            timeout,
            Timeout.InfiniteTimeSpan
        );
        _idle = time.CreateTimer(
            _ => Stop(new(Outcome.TimedOut, "idle-timeout", $"Nothing happened for {Text(_idleTimeout)}.")),
            null,
            _idleTimeout,
            Timeout.InfiniteTimeSpan
        );
        _heartbeat = time.CreateTimer(_ => Beat(), null, HeartbeatPeriod, HeartbeatPeriod);
        _grace = time.CreateTimer(_ => _overdue.Cancel(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _interrupted = interruption.Token.Register(Interrupt);
    }

    /// <summary>When the task's time is over.</summary>
    public DateTimeOffset Deadline { get; }

    /// <summary>Fires when the task must end now.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Fires when what should have ended with <see cref="Token"/> must be waited for no longer.</summary>
    public CancellationToken Overdue => _overdue.Token;

    /// <summary>Whether <see cref="Overdue"/> fired. May be asked when nobody waits any more.</summary>
    public bool IsOverdue => _overdue.IsCancellationRequested;

    /// <summary>Why <see cref="Token"/> fired; null when it did not.</summary>
    public Finding? Why { get; private set; }

    /// <summary>What it means for the outcome that <see cref="Overdue"/> fired; null when nothing, since everything was delivered.</summary>
    public Finding? WhyOverdue => _isDelivered && !_interruption.IsCancellationRequested ? null : Why;

    /// <summary>For people: what there was no time for when <see cref="Overdue"/> fired.</summary>
    public string Overran =>
        _isDelivered
            ? "Docker did not remove the sandbox in time. `claw-ci clean` removes what is left."
            : $"There was no time left to read what the agent may have changed; waited for last: {_waiting}. `claw-ci clean` removes what Docker still has.";

    /// <summary>How long it stood.</summary>
    public TimeSpan Stood { get; private set; }

    /// <summary>Who is told of heartbeats.</summary>
    public IRunObserver? Listener { get; set; }

    /// <summary>Ends the task. The first reason counts.</summary>
    public void Stop(Finding why)
    {
        lock (_source)
        {
            if (Why is not null || _stands || (_isDelivered && !_interruption.IsCancellationRequested))
                return;
            Why = why;
            _grace.Change(_hasWorked ? Grace : Hurry, Timeout.InfiniteTimeSpan);
        }
        // Not here and now: the caller may be inside an event, and what listens to the token raises events.
        _ = Task.Run(_source.Cancel);
    }

    public void On(RunEvent runEvent)
    {
        // A program in the sandbox that asks for connections shows no progress of the task.
        if (runEvent is Heartbeat or NetworkUsed)
            return;
        _lastEvent = _time.GetTimestamp();
        _hasWorked |= runEvent is ToolCalled or Resumed;
        _waiting = runEvent switch
        {
            ToolCalled call => $"tool {call.Tool}",
            MessageAdded { Role: Messages.Role.User } or ApiRetried => "model",
            _ => _waiting,
        };
        _idle.Change(_idleTimeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A check or a setup step runs under a timeout of its own; silence is no sign of trouble meanwhile.</summary>
    public IDisposable Awaiting(string what)
    {
        _waiting = what;
        _idle.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return new Resume(() => _idle.Change(_idleTimeout, Timeout.InfiniteTimeSpan));
    }

    /// <summary>
    /// The work is done, and what is left waits for other tasks: no time runs out, nothing ends the task. Only an interruption ends
    /// the wait.
    /// </summary>
    /// <returns>False when it was interrupted.</returns>
    public async Task<bool> StandAsync(Task others)
    {
        lock (_source)
        {
            if (Why?.Outcome == Outcome.Interrupted || Overdue.IsCancellationRequested)
                return false;
            _stands = true;
        }
        foreach (var timer in (ITimer[])[_wall, _heartbeat, _grace])
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var since = _time.GetTimestamp();
        try
        {
            using (Awaiting("the other tasks"))
                await others.WaitAsync(_interruption);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        finally
        {
            Stood += _time.GetElapsedTime(since);
            lock (_source)
                _stands = false;
            (Why is null ? _wall : _grace).Change(AfterStanding, Timeout.InfiniteTimeSpan);
            if (_interruption.IsCancellationRequested)
                Interrupt();
            _heartbeat.Change(HeartbeatPeriod, HeartbeatPeriod);
        }
    }

    /// <summary>What there was to deliver is delivered. From here on only an interruption changes how the task ended.</summary>
    public void Delivered()
    {
        lock (_source)
        {
            if (IsOverdue)
                return;
            _isDelivered = true;
            if (_interruption.IsCancellationRequested)
                return;
            foreach (var timer in (ITimer[])[_wall, _idle, _grace])
                timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>All that is left is to give back what Docker holds.</summary>
    public void Leave()
    {
        lock (_source)
        {
            if (!_interruption.IsCancellationRequested)
                _grace.Change(Why is null || _hasWorked ? AfterStanding : Hurry, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        _interrupted.Dispose();
        _wall.Dispose();
        _idle.Dispose();
        _heartbeat.Dispose();
        _grace.Dispose();
        _source.Dispose();
        _overdue.Dispose();
    }

    private void Interrupt()
    {
        Stop(Findings.Interrupted("The run was interrupted from outside."));
        lock (_source)
        {
            // Whatever else has ended the task before.
            if (!_stands)
                _grace.Change(Hurry, Timeout.InfiniteTimeSpan);
        }
    }

    private void Beat()
    {
        var silence = _time.GetElapsedTime(_lastEvent);
        if (silence >= HeartbeatPeriod)
            Listener?.On(new Heartbeat(_waiting, (long)silence.TotalMilliseconds));
    }

    private static string Text(TimeSpan time) =>
        time.TotalMinutes >= 1 && time.Seconds == 0
            ? $"{time.TotalMinutes:0} minutes"
            : $"{time.TotalSeconds:0.###} seconds";

    private sealed class Resume(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
