using ClawCi.Events;
using ClawCi.Runs.Planning;
using ClawCi.Runs.Resume;
using ClawCi.Sandboxes;

namespace ClawCi.Runs;

/// <summary>Runs a task's setup steps, in containers whose layer becomes part of the base.</summary>
internal static class SetupRunner
{
    /// <exception cref="SetupFailedException">A step did not exit 0; the rest were not run.</exception>
    public static async Task RunAsync(
        PlannedTask task,
        ITaskSandbox sandbox,
        RunServices services,
        TaskClock clock,
        IRunObserver events,
        Resumption? resumed
    )
    {
        // What a killed run's setup made is still there.
        if (task.Setup.Count == 0 || resumed?.Layers is not null)
            return;
        using var awaiting = clock.Awaiting("setup");
        Sandbox? container = null;
        try
        {
            SetupStep? last = null;
            foreach (var step in task.Setup)
            {
                if (container is null || !CanShare(last!, step))
                {
                    if (container is not null)
                        await container.DisposeAsync();
                    container = await sandbox.StartSetupAsync(step.Network, clock.Token);
                }
                await RunAsync(task, container, step, services, clock, events);
                last = step;
            }
        }
        finally
        {
            if (container is not null)
                await container.DisposeAsync();
        }
    }

    /// <summary>What an earlier step left running must not see a later one's secrets, nor use its network, nor the reverse.</summary>
    private static bool CanShare(SetupStep last, SetupStep next) =>
        last.Secrets.Count == 0 && next.Secrets.Count == 0 && last.Network.Equals(next.Network);

    private static async Task RunAsync(
        PlannedTask task,
        Sandbox container,
        SetupStep step,
        RunServices services,
        TaskClock clock,
        IRunObserver events
    )
    {
        var started = services.Time.GetTimestamp();
        var secrets = step.Secrets.Distinct().ToDictionary(name => name, name => services.Secrets[name]);
        var answer = await container.RunCommandAsync(step.Run, task.Limits.Timeout, clock.Token, secrets);
        var duration = services.Time.GetElapsedTime(started);
        events.On(new SetupRan(step.Run, answer.ExitCode, (long)duration.TotalMilliseconds, answer.Text));
        if (answer.ExitCode != 0)
            throw new SetupFailedException(step, answer);
    }
}
