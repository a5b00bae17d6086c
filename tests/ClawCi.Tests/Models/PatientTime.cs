namespace ClawCi.Tests.Models;

/// <summary>
/// A clock on which every wait is over at once and has taken its time, and a timeout strikes only when somebody falls
/// silent: which is to wait for a day. Nothing depends on how fast the machine is.
/// </summary>
internal sealed class PatientTime : TimeProvider
{
    /// <summary>No retry waits so long, no timeout is shorter.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan Silence = TimeSpan.FromDays(1);

    private readonly List<Alarm> _timeouts = [];
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow()
    {
        lock (_timeouts)
            return _now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var alarm = new Alarm(this, () => callback(state));
        alarm.Change(dueTime, period);
        return alarm;
    }

    private void Set(Alarm alarm, TimeSpan dueTime)
    {
        List<Alarm> due = [];
        lock (_timeouts)
        {
            _timeouts.Remove(alarm);
            if (dueTime == Timeout.InfiniteTimeSpan)
                return;
            if (dueTime >= Silence)
            {
                due.AddRange(_timeouts);
                _timeouts.Clear();
            }
            else if (dueTime > LongestWait)
            {
                _timeouts.Add(alarm);
            }
            else
            {
                _now += dueTime;
                due.Add(alarm);
            }
        }
        foreach (var each in due)
            _ = Task.Run(each.Ring);
    }

    private sealed class Alarm(PatientTime time, Action ring) : ITimer
    {
        public void Ring() => ring();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            time.Set(this, dueTime);
            return true;
        }

        public void Dispose() => time.Set(this, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
