using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Docker;

/// <summary>An image with nothing in it, made by us: for containers that only carry mounts. Nothing of anybody else's can run in it.</summary>
internal static class ScratchImage
{
    public const string Name = "claw-ci/scratch:1";

    /// <summary>An archive's end, twice 512 zero bytes: the smallest image there is.</summary>
    private const int EmptyTarSize = 1024;

    public static async Task EnsureAsync(DockerEngine engine, CancellationToken ct)
    {
        try
        {
            await engine.CallAsync(
                "look for its scratch image",
                (client, token) => client.Images.InspectImageAsync(Name, token),
                ct
            );
            return;
        }
        catch (SandboxException e) when (DockerErrors.IsNotFound(e))
        {
            // Made below. Two runners may both make it; the loser's is untagged, labelled and swept by clean.
        }
        using var tar = new MemoryStream(new byte[EmptyTarSize]);
        var parameters = new ImagesCreateParameters
        {
            FromSrc = "-",
            // Podman takes the tag from here and nowhere else.
            Repo = Name,
            Changes = [$"LABEL {Labels.Ours}={Labels.ScratchRole}"],
        };
        var messages = new StreamErrors();
        await engine.CallAsync(
            "make its scratch image",
            (client, token) => client.Images.CreateImageAsync(parameters, tar, null, messages, token),
            ct
        );
        messages.ThrowIfAny("make its scratch image");
    }

    /// <summary>Makes a container of any image. When it is this one, and a clean elsewhere took it since we looked, it is made again.</summary>
    /// <param name="what">As for <see cref="DockerEngine.CallAsync"/>.</param>
    /// <returns>The container's id.</returns>
    public static async Task<string> CreateContainerAsync(
        DockerEngine engine,
        string what,
        CreateContainerParameters parameters
    )
    {
        // Not cancelled by the caller: a create whose answer nobody takes leaves a container behind.
        async Task<string> CreateAsync() =>
            (
                await engine.CallAsync(
                    what,
                    (client, token) => client.Containers.CreateContainerAsync(parameters, token),
                    CancellationToken.None
                )
            ).ID;
        try
        {
            return await CreateAsync();
        }
        catch (SandboxException e) when (e.Failure == SandboxFailure.ImageUnavailable && parameters.Image == Name)
        {
            await EnsureAsync(engine, CancellationToken.None);
            return await CreateAsync();
        }
    }
}
