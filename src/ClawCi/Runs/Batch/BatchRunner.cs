using ClawCi.Conversations;
using ClawCi.Events;
using ClawCi.Models;
using ClawCi.Runs.Planning;
using ClawCi.Runs.Resume;
using ClawCi.Sandboxes.Docker;
using ClawCi.Sessions;

namespace ClawCi.Runs.Batch;

/// <summary>Runs the tasks of a plan, several at once, under one bound on time and money.</summary>
/// <param name="resumed">What a killed run had come to, by the task's id; null begins the run.</param>
/// <param name="putAside">By the task's id, how many attempts are there that count for nothing any more.</param>
internal sealed class BatchRunner(
    RunPlan plan,
    RunServices services,
    Interruption interruption,
    IReadOnlyDictionary<string, Resumption>? resumed = null,
    IReadOnlyDictionary<string, int>? putAside = null
) : IAsyncDisposable
{
    private readonly RunBounds _bounds = new(plan, interruption, services.Time, Before(plan, resumed));
    private readonly Ledger _ledger = new(Caps.OfRun(plan.MaxCostUsd));
    private readonly CoolDowns _coolDowns = new(services.Time);
    private readonly ApplyQueue _queue = new(plan.Tasks);
    private readonly TargetCheckouts _targets = new(services);
    private readonly Lock _lock = new();
    private Task<DockerEngine>? _engine;

    /// <param name="observersOf">Told of every event of the task, after the transcript.</param>
    /// <returns>The result of each task, in the order of the plan.</returns>
    public async Task<IReadOnlyList<TaskEnded>> RunAsync(Func<PlannedTask, IReadOnlyList<IRunObserver>> observersOf)
    {
        var starts = plan.Tasks.ToDictionary(task => task.Id, Begin);
        // Those that take longest first, and those of which nothing is known before them: the last to end ends earlier.
        var waiting = plan.Tasks.OrderByDescending(task => task.Expected ?? TimeSpan.MaxValue).ToList();
        List<(PlannedTask Task, Task Worked)> working = [];
        var ends = new Dictionary<string, Task<TaskEnded>>();
        while (waiting.Count > 0)
        {
            if (working.Count < plan.Workers && waiting.Find(task => Fits(task, working)) is { } next)
            {
                waiting.Remove(next);
                ends[next.Id] = Task.Run(() => RunTaskAsync(next, starts[next.Id], observersOf(next)));
                working.Add((next, _queue.Worked(next)));
                continue;
            }
            await Task.WhenAny(working.Select(busy => busy.Worked));
            working.RemoveAll(busy => busy.Worked.IsCompleted);
        }
        return await Task.WhenAll(plan.Tasks.Select(task => ends[task.Id]));
    }

    public async ValueTask DisposeAsync()
    {
        _bounds.Dispose();
        if (_engine is { IsCompletedSuccessfully: true })
            await (await _engine).DisposeAsync();
    }

    private static bool Fits(PlannedTask task, List<(PlannedTask Task, Task Worked)> working) =>
        task.Strategy.MaxParallel is not { } most
        || working.Count(busy => busy.Task.Strategy.File == task.Strategy.File) < most;

    /// <summary>Counts what was used before, of all tasks before any goes on: the run's money is theirs together.</summary>
    private (Ledger Ledger, EarlierAttempts Earlier) Begin(PlannedTask task)
    {
        var ledger = new Ledger(CapsOf(task.Limits), _ledger);
        var earlier = new EarlierAttempts(plan.OutDirectory, task, putAside?.GetValueOrDefault(task.Id) ?? 0);
        if (resumed is null)
            return (ledger, earlier);
        earlier.Read();
        var soFar = resumed.GetValueOrDefault(task.Id);
        earlier.Fill(ledger, soFar);
        if (soFar is { Progress.Applied: not null } or { Progress.Ended.Applied: Delivery.AppliedWord })
            _queue.Note(task, Resumption.FilesOf(new TaskDirectory(plan.OutDirectory, task.Id)));
        return (ledger, earlier);
    }

    private async Task<TaskEnded> RunTaskAsync(
        PlannedTask task,
        (Ledger Ledger, EarlierAttempts Earlier) start,
        IReadOnlyList<IRunObserver> observers
    )
    {
        try
        {
            var soFar = resumed?.GetValueOrDefault(task.Id);
            var ended = soFar?.Progress.Ended ?? await TryAsync(task, start.Ledger, start.Earlier, observers, soFar);
            _bounds.Note(task, ended);
            return ended;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // There is no transcript, or no room to put one aside: who listens is told, and nobody can write it down.
            var events = new Observers(observers);
            var why = Findings.Of(new IOException($"{e.Message} Nothing more of the task can be recorded.", e));
            var unrecorded = UnbegunTask.End(task, plan, services, why, start.Ledger, events);
            events.On(unrecorded);
            _bounds.Note(task, unrecorded);
            return unrecorded;
        }
        finally
        {
            _queue.Leave(task);
        }
    }

    /// <summary>As often as the task's <c>retry</c> says.</summary>
    private async Task<TaskEnded> TryAsync(
        PlannedTask task,
        Ledger ledger,
        EarlierAttempts earlier,
        IReadOnlyList<IRunObserver> observers,
        Resumption? soFar
    )
    {
        for (; ; soFar = null)
        {
            var ended = await AttemptAsync(task, ledger, earlier, observers, soFar);
            var attempts = earlier.Count + 1;
            if (
                !task.Retry.Again(
                    Outcomes.Parse(ended.Outcome),
                    ended.Retryable,
                    ended.Applied == Delivery.AppliedWord,
                    attempts
                )
            )
                return ended;
            var wait = task.Retry.WaitAfter(attempts);
            var used = earlier.Elapsed + TimeSpan.FromMilliseconds(ended.DurationMs);
            if (_bounds.WhyNot(task) is not null || _bounds.TimeLeft(task.Limits.Timeout - used) <= wait)
                return ended;
            var again =
                $"Attempt {attempts} of {task.Retry.Attempts} ended {ended.Outcome}; again in {wait.TotalSeconds:0.#} s.";
            foreach (var observer in observers)
                observer.On(new Warned(again));
            using var either = CancellationTokenSource.CreateLinkedTokenSource(
                interruption.Token,
                _bounds.FailFast(task)
            );
            await Task.Delay(wait, services.Time, either.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            if (_bounds.WhyNot(task) is not null)
                return ended;
            earlier.Take();
        }
    }

    private async Task<TaskEnded> AttemptAsync(
        PlannedTask task,
        Ledger ledger,
        EarlierAttempts earlier,
        IReadOnlyList<IRunObserver> observers,
        Resumption? soFar
    )
    {
        var directory = new TaskDirectory(plan.OutDirectory, task.Id);
        var time = _bounds.TimeLeft(task.Limits.Timeout - earlier.Elapsed - (soFar?.Elapsed ?? TimeSpan.Zero));
        using var clock = new TaskClock(task.Limits, time, interruption, services.Time);
        await using var failFast = _bounds.FailFast(task).Register(() => clock.Stop(_bounds.WhyNot(task)!));
        using var transcript = new TranscriptWriter(
            soFar is null ? TranscriptFile.Create(directory.Transcript) : TranscriptFile.Continue(directory.Transcript),
            plan.RunId,
            task.Id,
            services.Masker,
            services.Time,
            services.Mirror,
            soFar?.Progress,
            earlier.Count
        );
        transcript.Failed += error =>
            clock.Stop(
                new(Outcome.SandboxUnavailable, "disk", $"The transcript cannot be written: {error.Message}", true)
            );
        var events = new Observers([transcript, clock, .. observers]);
        clock.Listener = events;
        // The transcript has it; who listens from here on has not.
        if (soFar?.Progress.Started is { } started)
            new Observers(observers).On(started);
        var result =
            soFar is null && _bounds.WhyNot(task) is { } why
                ? UnbegunTask.End(task, plan, services, why, ledger, events)
                : await RunAsync(task, directory, clock, ledger, earlier, events, soFar);
        result = result with
        {
            Redactions = transcript.Redactions,
            ExitCode = result.Outcome == Outcome.Interrupted.Name() ? interruption.ExitCode : result.ExitCode,
        };
        events.On(result);
        return result;
    }

    private async Task<TaskEnded> RunAsync(
        PlannedTask task,
        TaskDirectory directory,
        TaskClock clock,
        Ledger ledger,
        EarlierAttempts earlier,
        IRunObserver events,
        Resumption? soFar
    )
    {
        if (soFar is { Progress.Applied: not null })
            return await AppliedTask.EndAsync(task, plan, services, ledger, events, soFar);
        if (soFar is null && await _targets.ReadyAsync(task, clock) is { } missing)
            return UnbegunTask.End(task, plan, services, missing, ledger, events);
        var asked = earlier.Requests + (soFar?.Progress.Requests ?? 0);
        var below = earlier.RequestsBelow + (soFar?.Progress.RequestsBelow ?? 0);
        using var models = new TaskModels(task, services, _coolDowns, directory, asked, below);
        return await new TaskRunner(
            soFar?.Pinned(task) ?? task,
            plan,
            EngineAsync,
            models.All,
            directory,
            services,
            clock,
            ledger,
            events,
            _queue.TurnOf(task),
            soFar
        ).RunAsync();
    }

    /// <summary>
    /// One connection for all tasks: none of them can cancel it for the others, and each stops waiting when its own clock says so, which
    /// knows why. A daemon that hangs is given up by the connection itself.
    /// </summary>
    private Task<DockerEngine> EngineAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_engine is null or { IsFaulted: true } or { IsCanceled: true })
                _engine = services.ConnectAsync(CancellationToken.None);
            return _engine.WaitAsync(cancellationToken);
        }
    }

    /// <summary>What the run took so far: at most its tasks one after the other, and at most from its first line to its last.</summary>
    private static TimeSpan Before(RunPlan plan, IReadOnlyDictionary<string, Resumption>? resumed)
    {
        var tasks = plan
            .Tasks.Select(task => resumed?.GetValueOrDefault(task.Id)?.Progress)
            .OfType<Progress>()
            .ToList();
        if (tasks.Count == 0)
            return TimeSpan.Zero;
        var sum = tasks.Aggregate(TimeSpan.Zero, (sum, task) => sum + TimeSpan.FromMilliseconds(task.ElapsedMs));
        var span = tasks.Max(task => task.Last!.Envelope.Ts) - tasks.Min(task => task.Begun);
        return span < sum ? span : sum;
    }

    private static Caps CapsOf(TaskLimits limits) =>
        new(limits.MaxTurns, limits.MaxToolCalls, limits.MaxOutputTokens, limits.MaxCostUsd, limits.MaxDenials);
}
