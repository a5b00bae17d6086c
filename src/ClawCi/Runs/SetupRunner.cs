using ClawCi.Events;
using ClawCi.Sandboxes;

namespace ClawCi.Runs;

/// <summary>Runs a task's setup steps, in a container whose layer becomes part of the base.</summary>
internal static class SetupRunner
{
    /// <exception cref="SetupFailedException">A step did not exit 0; the rest were not run.</exception>
    public static async Task RunAsync(
        PlannedTask task,
        ITaskSandbox sandbox,
        TaskClock clock,
        IRunObserver events,
        TimeProvider time
    )
    {
        if (task.Setup.Count == 0)
            return;
        using var awaiting = clock.Awaiting("setup");
        await using var container = await sandbox.StartSetupAsync(clock.Token);
        foreach (var step in task.Setup)
        {
            var started = time.GetTimestamp();
            var answer = await container.RunCommandAsync(step.Run, task.Limits.Timeout, clock.Token);
            var duration = time.GetElapsedTime(started);
            events.On(new SetupRan(step.Run, answer.ExitCode, (long)duration.TotalMilliseconds, answer.Text));
            if (answer.ExitCode != 0)
                throw new SetupFailedException(step, answer);
        }
    }
}
