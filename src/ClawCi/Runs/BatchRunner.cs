using ClawCi.Conversations;
using ClawCi.Events;
using ClawCi.Models;
using ClawCi.Runs.Planning;
using ClawCi.Sandboxes.Docker;
using ClawCi.Sessions;

namespace ClawCi.Runs;

/// <summary>Runs the tasks of a plan, one after the other, under one bound on time and money.</summary>
internal sealed class BatchRunner(RunPlan plan, RunServices services, Interruption interruption) : IAsyncDisposable
{
    private readonly long _started = services.Time.GetTimestamp();
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
        using var clock = new TaskClock(task.Limits, TimeLeft(task.Limits.Timeout), interruption, services.Time);
        using var transcript = new TranscriptWriter(
            // Unbuffered: what a full disk refused must not come back when the file is closed.
            new FileStream(directory.Transcript, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0),
            plan.RunId,
            task.Id,
            services.Masker,
            services.Time,
            services.Mirror
        );
        transcript.Failed += error =>
            clock.Stop(
                new(Outcome.SandboxUnavailable, "disk", $"The transcript cannot be written: {error.Message}", true)
            );
        var events = new Observers([transcript, clock, .. observers]);
        clock.Listener = events;
        using var models = new TaskModels(task, services, _coolDowns, directory);
        var ledger = new Ledger(CapsOf(task.Limits), _ledger);
        var runner = new TaskRunner(task, plan, EngineAsync, models.All, directory, services, clock, ledger, events);
        var result = await runner.RunAsync();
        result = result with
        {
            Redactions = transcript.Redactions,
            ExitCode = result.Outcome == Outcome.Interrupted.Name() ? interruption.ExitCode : result.ExitCode,
        };
        events.On(result);
        return result;
    }

    private Task<DockerEngine> EngineAsync(CancellationToken cancellationToken) =>
        _engine is null or { IsFaulted: true } or { IsCanceled: true }
            ? _engine = services.ConnectAsync(cancellationToken)
            : _engine;

    private TimeSpan TimeLeft(TimeSpan timeout)
    {
        if (plan.Deadline is not { } deadline)
            return timeout;
        var left = deadline - services.Time.GetElapsedTime(_started);
        return left < TimeSpan.Zero ? TimeSpan.Zero
            : left < timeout ? left
            : timeout;
    }

    private static Caps CapsOf(TaskLimits limits) =>
        new(limits.MaxTurns, limits.MaxToolCalls, limits.MaxOutputTokens, limits.MaxCostUsd, limits.MaxDenials);
}
