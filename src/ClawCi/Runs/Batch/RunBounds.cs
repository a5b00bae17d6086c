using ClawCi.Events;
using ClawCi.Runs.Planning;

namespace ClawCi.Runs.Batch;

/// <summary>
/// What holds for the tasks of a run together, besides money: its time, an interruption, and how many may fail before no more are
/// begun.
/// </summary>
/// <param name="before">What the run took before it was killed.</param>
internal sealed class RunBounds(RunPlan plan, Interruption interruption, TimeProvider time, TimeSpan before)
    : IDisposable
{
    private readonly long _started = time.GetTimestamp();
    private readonly Lock _lock = new();

    /// <summary>Of files whose tasks end when one of them fails, by file: who failed.</summary>
    private readonly Dictionary<int, (CancellationTokenSource Source, string? By)> _files = plan
        .Tasks.Where(task => task.Strategy.FailFast)
        .Select(task => task.Strategy.File)
        .Distinct()
        .ToDictionary(file => file, _ => (new CancellationTokenSource(), (string?)null));

    private int _failures;
    private bool _isMoneyUsed;

    /// <summary>The time that a task has, when it may have so much.</summary>
    public TimeSpan TimeLeft(TimeSpan timeout)
    {
        var left = plan.Deadline is { } deadline ? deadline - before - time.GetElapsedTime(_started) : timeout;
        left = left < timeout ? left : timeout;
        return left < TimeSpan.Zero ? TimeSpan.Zero : left;
    }

    /// <summary>Fires when the task must end because another failed.</summary>
    public CancellationToken FailFast(PlannedTask task) =>
        _files.TryGetValue(task.Strategy.File, out var file) ? file.Source.Token : default;

    /// <summary>Why a task is not begun, or must end; null when nothing is in its way.</summary>
    public Finding? WhyNot(PlannedTask task)
    {
        lock (_lock)
        {
            if (interruption.Token.IsCancellationRequested)
                return Findings.Interrupted("The run was interrupted before the task began.");
            if (_files.TryGetValue(task.Strategy.File, out var file) && file.By is { } by)
                return new(
                    Outcome.Interrupted,
                    "fail-fast",
                    $"Task {by} did not succeed, and `fail-fast` ends the others of its file.",
                    Retryable: true
                );
            if (plan.MaxFailures <= _failures)
                return new(
                    Outcome.Interrupted,
                    "max-failures",
                    $"Not begun: {plan.MaxFailures} tasks of the run did not succeed, and --max-failures says that this is enough.",
                    Retryable: true
                );
            if (_isMoneyUsed)
                return new(
                    Outcome.LimitExceeded,
                    MoneyReason,
                    "Not begun: the run's --max-cost-usd allowed another task no further request.",
                    Retryable: true
                );
        }
        return TimeLeft(TimeSpan.MaxValue) == TimeSpan.Zero
            ? new(Outcome.TimedOut, "timeout", "Not begun: the time of the run, --timeout, is over.", Retryable: true)
            : null;
    }

    public void Note(PlannedTask task, TaskEnded ended)
    {
        CancellationTokenSource? falls = null;
        lock (_lock)
        {
            if (ended.Outcome == Outcome.Success.Name())
                return;
            _failures++;
            _isMoneyUsed |= ended.Reason == MoneyReason;
            if (_files.TryGetValue(task.Strategy.File, out var file) && file.By is null)
            {
                _files[task.Strategy.File] = file with { By = task.Id };
                falls = file.Source;
            }
        }
        falls?.Cancel();
    }

    public void Dispose()
    {
        foreach (var (source, _) in _files.Values)
            source.Dispose();
    }

    private const string MoneyReason = "run-max-cost-usd";
}
