using ClawCi.Sandboxes.Docker;
using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Probes;

/// <summary>What the daemon has, asked without the code that is to be checked.</summary>
internal static class DaemonView
{
    public static async Task<bool> HasContainerAsync(DockerEngine engine, string id, CancellationToken ct)
    {
        try
        {
            await engine.CallAsync(
                "look for a container",
                (client, token) => client.Containers.InspectContainerAsync(id, token),
                ct
            );
            return true;
        }
        catch (SandboxException e) when (DockerErrors.IsNotFound(e))
        {
            return false;
        }
    }

    /// <summary>Names of the containers and volumes that carry a task's mark.</summary>
    public static async Task<IReadOnlyList<string>> OfTaskAsync(
        DockerEngine engine,
        string taskId,
        CancellationToken ct
    )
    {
        var filter = new Dictionary<string, IDictionary<string, bool>>
        {
            ["label"] = new Dictionary<string, bool> { [$"{Labels.Task}={taskId}"] = true },
        };
        var containers = await engine.CallAsync(
            "list containers",
            (client, token) =>
                client.Containers.ListContainersAsync(
                    new ContainersListParameters { All = true, Filters = filter },
                    token
                ),
            ct
        );
        var volumes = await engine.CallAsync(
            "list volumes",
            (client, token) => client.Volumes.ListAsync(new VolumesListParameters { Filters = filter }, token),
            ct
        );
        return [.. containers.Select(c => c.ID), .. (volumes.Volumes ?? []).Select(v => v.Name)];
    }
}
