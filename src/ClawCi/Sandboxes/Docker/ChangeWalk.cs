using ClawCi.ChangeSets;
using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Docker;

/// <summary>Runs the container that reads a task's changes, and reads them from it.</summary>
internal static class ChangeWalk
{
    /// <exception cref="SandboxException">The walk gave up, or its answer is no change set.</exception>
    public static async Task<ChangeSet> ReadAsync(
        DockerEngine engine,
        CreateContainerParameters parameters,
        CancellationToken ct
    )
    {
        await using var container = await AttachedContainer.StartAsync(engine, parameters, long.MaxValue, ct);
        return await ReadAsync(container, ct);
    }

    /// <summary>From a tool server that walks.</summary>
    /// <exception cref="SandboxException">The walk gave up, or its answer is no change set.</exception>
    public static async Task<ChangeSet> ReadAsync(IToolServerProcess walk, CancellationToken ct)
    {
        try
        {
            return await ChangeSetReader.ReadAsync(walk.Stream, Path.GetTempPath(), ChangeSetCaps.Default, ct);
        }
        catch (Exception e) when (e is ChangeSetException or EndOfStreamException)
        {
            var errors = walk.Errors.Trim();
            throw new SandboxException(
                // The walk says why it gave up; one that was cut off says nothing.
                errors.Length == 0
                    ? SandboxFailure.Lost
                    : SandboxFailure.LostToAgent,
                $"What the agent changed could not be read: {e.Message}{(errors.Length == 0 ? "" : $" ({errors})")}",
                e
            );
        }
    }
}
