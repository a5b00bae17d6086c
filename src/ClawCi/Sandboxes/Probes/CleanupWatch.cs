namespace ClawCi.Sandboxes.Probes;

/// <summary>Attempts to be there still when nobody wants it any more.</summary>
internal static class CleanupWatch
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    public static async Task<ProbeFinding> TaskEndAsync(ProbeGround ground, CancellationToken ct)
    {
        var engine = ground.Request.Engine;
        var task = await ground.PrepareAsync(taskId: ground.Name);
        await using (var agent = await task.StartAgentAsync(ct))
        {
            if ((await DaemonView.OfTaskAsync(engine, ground.Name, ct)).Count == 0)
                return ProbeFinding.Unknown("nothing of the task was to be seen while it ran");
            // A process that does not end by itself, and that nobody waits for.
            await agent.AskAsync(["linger", ground.Name], Moment, ct);
        }
        await task.DisposeAsync();
        var left = await DaemonView.OfTaskAsync(engine, ground.Name, ct);
        return ProbeFinding.That(left.Count == 0, "nothing", $"left: {string.Join(", ", left)}");
    }

    public static async Task<ProbeFinding> KilledAsync(ProbeGround ground, CancellationToken ct)
    {
        var killed = await ground.KilledRunnerAsync();
        return killed.Took is { } took
            ? ProbeFinding.Holds($"gone after {took.TotalMilliseconds:0} ms")
            : ProbeFinding.Broken($"still there after {KilledRunner.Patience.TotalSeconds:0} s");
    }

    public static async Task<ProbeFinding> SweepAsync(ProbeGround ground, CancellationToken ct)
    {
        var killed = await ground.KilledRunnerAsync();
        var engine = ground.Request.Engine;
        var found = await killed.LeftAsync(engine, ct);
        await found.RemoveAsync(engine);
        var left = await killed.LeftAsync(engine, ct);
        return ProbeFinding.That(
            left.Containers.Count + left.Volumes.Count == 0,
            $"{found.Containers.Count + found.Volumes.Count} found and removed",
            $"left: {string.Join(", ", left.Containers.Concat(left.Volumes).Select(thing => thing.Name))}"
        );
    }
}
