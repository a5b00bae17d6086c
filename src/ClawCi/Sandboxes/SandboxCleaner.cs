using ClawCi.Sandboxes.Docker;

namespace ClawCi.Sandboxes;

/// <summary>Removes what dead runs left in the daemon. What is not labelled as ours, or belongs to a living run, stays.</summary>
internal static class SandboxCleaner
{
    /// <summary>Also layers that a run could be resumed with, and what is kept between runs, the tool server and the scratch image, when no run of ours is alive.</summary>
    /// <exception cref="SandboxException">The daemon cannot be asked.</exception>
    public static async Task<CleanReport> CleanAsync(DockerEngine engine, bool listOnly, CancellationToken ct)
    {
        var left = await Leftovers.FindAsync(engine, ct);
        var cached = left.Kept.Count == 0 ? await CachedThings.FindAsync(engine, ct) : CachedThings.None;
        if (!listOnly)
        {
            await left.RemoveAsync(engine);
            await (left with { Containers = [], Volumes = left.Resumable }).RemoveAsync(engine);
            await cached.RemoveAsync(engine);
        }
        return new CleanReport(
            [.. left.Containers.Select(thing => thing.Name)],
            [.. left.Volumes.Select(thing => thing.Name), .. cached.Volumes],
            cached.Images,
            [.. left.Resumable.Select(thing => $"{thing.Name}  {thing.Task}")],
            left.Kept
        );
    }
}
