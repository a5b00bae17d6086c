using ClawCi.Conversations;
using ClawCi.Events;
using ClawCi.Models;
using ClawCi.Runs.Planning;
using ClawCi.Runs.Resume;
using ClawCi.Sandboxes.Docker;
using ClawCi.Sessions;

namespace ClawCi.Runs;

/// <summary>Runs the tasks of a plan, one after the other, under one bound on time and money.</summary>
/// <param name="resumed">What a killed run had come to, by the task's id; null begins the run.</param>
internal sealed class BatchRunner(
    RunPlan plan,
    RunServices services,
    Interruption interruption,
    IReadOnlyDictionary<string, Resumption>? resumed = null
) : IAsyncDisposable
{
    private readonly long _started = services.Time.GetTimestamp();
    private readonly TimeSpan _before =
        resumed?.Values.Aggregate(TimeSpan.Zero, (sum, task) => sum + task.Elapsed) ?? TimeSpan.Zero;
    private readonly Ledger _ledger = new(Caps.OfRun(plan.MaxCostUsd));
    private readonly CoolDowns _coolDowns = new(services.Time);
    private Task<DockerEngine>? _engine;

    /// <param name="observers">Told of every event of every task, after the transcript.</param>
    /// <returns>The result of each task, in the order of the plan.</returns>
    public async Task<IReadOnlyList<TaskEnded>> RunAsync(params IReadOnlyList<IRunObserver> observers)
    {
        var results = new List<TaskEnded>();
        foreach (var task in plan.Tasks)
            results.Add(await RunTaskAsync(task, observers));
        return results;
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is { IsCompletedSuccessfully: true })
            await (await _engine).DisposeAsync();
    }

    private async Task<TaskEnded> RunTaskAsync(PlannedTask task, IReadOnlyList<IRunObserver> observers)
    {
        var directory = new TaskDirectory(plan.OutDirectory, task.Id);
        var soFar = resumed?.GetValueOrDefault(task.Id);
        var ledger = new Ledger(CapsOf(task.Limits), _ledger);
        soFar?.Fill(ledger, task.Model, task.FallbackModels);
        if (soFar is { Progress.Ended: { } ended })
            return ended;
        var time = TimeLeft(task.Limits.Timeout - (soFar?.Elapsed ?? TimeSpan.Zero));
        using var clock = new TaskClock(task.Limits, time, interruption, services.Time);
        using var transcript = new TranscriptWriter(
            soFar is null ? TranscriptFile.Create(directory.Transcript) : TranscriptFile.Continue(directory.Transcript),
            plan.RunId,
            task.Id,
            services.Masker,
            services.Time,
            services.Mirror,
            soFar?.Progress
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
        var result = await RunTaskAsync(task, directory, clock, ledger, events, soFar);
        result = result with
        {
            Redactions = transcript.Redactions,
            ExitCode = result.Outcome == Outcome.Interrupted.Name() ? interruption.ExitCode : result.ExitCode,
        };
        events.On(result);
        return result;
    }

    private async Task<TaskEnded> RunTaskAsync(
        PlannedTask task,
        TaskDirectory directory,
        TaskClock clock,
        Ledger ledger,
        IRunObserver events,
        Resumption? soFar
    )
    {
        if (soFar is { Progress.Applied: not null })
            return await AppliedTask.EndAsync(task, plan, services, ledger, events, soFar);
        using var models = new TaskModels(task, services, _coolDowns, directory, soFar?.Progress.Requests ?? 0);
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
            soFar
        ).RunAsync();
    }

    private Task<DockerEngine> EngineAsync(CancellationToken cancellationToken) =>
        _engine is null or { IsFaulted: true } or { IsCanceled: true }
            ? _engine = services.ConnectAsync(cancellationToken)
            : _engine;

    private TimeSpan TimeLeft(TimeSpan timeout)
    {
        if (timeout < TimeSpan.Zero)
            timeout = TimeSpan.Zero;
        if (plan.Deadline is not { } deadline)
            return timeout;
        var left = deadline - _before - services.Time.GetElapsedTime(_started);
        return left < TimeSpan.Zero ? TimeSpan.Zero
            : left < timeout ? left
            : timeout;
    }

    private static Caps CapsOf(TaskLimits limits) =>
        new(limits.MaxTurns, limits.MaxToolCalls, limits.MaxOutputTokens, limits.MaxCostUsd, limits.MaxDenials);
}
