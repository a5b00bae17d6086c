using Docker.DotNet;
using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Docker;

/// <summary>Removing until it is gone. Already gone is success, and a daemon that is gone as well has nothing to keep.</summary>
internal static class Removal
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>When this returns true the container's mounts are released: whoever mounts its layers next is alone with them.</summary>
    public static async Task<bool> ContainerAsync(DockerEngine engine, string id)
    {
        await engine.Removing.WaitAsync();
        try
        {
            return await ContainerNowAsync(engine, id);
        }
        finally
        {
            engine.Removing.Release();
        }
    }

    private static async Task<bool> ContainerNowAsync(DockerEngine engine, string id)
    {
        using var limit = new CancellationTokenSource(Deadline);
        try
        {
            while (true)
            {
                try
                {
                    await engine.CallAsync(
                        "remove a container",
                        (client, token) =>
                            client.Containers.RemoveContainerAsync(
                                id,
                                new ContainerRemoveParameters { Force = true, RemoveVolumes = true },
                                token
                            ),
                        limit.Token
                    );
                    return true;
                }
                catch (SandboxException e) when (DockerErrors.IsNotFound(e))
                {
                    return true;
                }
                catch (SandboxException e) when (DockerErrors.IsConflict(e))
                {
                    // AutoRemove is at it already; it is done when the daemon no longer knows the name.
                    await Task.Delay(Pause, limit.Token);
                }
            }
        }
        catch (Exception e) when (e is SandboxException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Whoever mounted its layers now would not be alone with them.</summary>
    public static SandboxException StillThere(string container) =>
        new(
            SandboxFailure.Daemon,
            $"Docker did not remove the container {container} within {Deadline.TotalSeconds:0} s, so that something may still write to the layers of this task."
        );

    public static Task<bool> VolumeAsync(DockerEngine engine, string name) =>
        OnceAsync(engine, "remove a volume", (client, token) => client.Volumes.RemoveAsync(name, null, token));

    public static Task<bool> ImageAsync(DockerEngine engine, string id) =>
        OnceAsync(
            engine,
            "remove an image",
            (client, token) => client.Images.DeleteImageAsync(id, new ImageDeleteParameters { Force = true }, token)
        );

    /// <summary>False when it is in use, or the daemon does not answer: the next sweep tries again.</summary>
    private static async Task<bool> OnceAsync(
        DockerEngine engine,
        string what,
        Func<DockerClient, CancellationToken, Task> remove
    )
    {
        try
        {
            await engine.CallAsync(what, remove, CancellationToken.None, Deadline);
            return true;
        }
        catch (SandboxException e)
        {
            return DockerErrors.IsNotFound(e);
        }
    }
}
