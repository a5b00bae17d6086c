using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Docker;

/// <summary>From the name in a task to an image that the daemon has.</summary>
internal static class ImageResolver
{
    private static readonly TimeSpan PullDeadline = TimeSpan.FromMinutes(60);
    private static readonly TimeSpan PullSilence = TimeSpan.FromMinutes(3);

    /// <exception cref="SandboxException">Not there and not to be had.</exception>
    public static async Task<ResolvedImage> ResolveAsync(
        DockerEngine engine,
        string name,
        PullPolicy pull,
        CancellationToken ct
    )
    {
        if (pull != PullPolicy.Always && await InspectAsync(engine, name, ct) is { } present)
            return present;
        if (pull == PullPolicy.Never)
            throw new SandboxException(
                SandboxFailure.ImageUnavailable,
                $"Image {name} is not on this Docker daemon and sandbox.pull is never. Try: docker pull {name}, or set pull: missing"
            );
        await PullAsync(engine, name, ct);
        return await InspectAsync(engine, name, ct)
            ?? throw new SandboxException(
                SandboxFailure.ImageUnavailable,
                $"Image {name} was pulled and is not there. Something removes images while we run."
            );
    }

    private static async Task<ResolvedImage?> InspectAsync(DockerEngine engine, string name, CancellationToken ct)
    {
        try
        {
            var image = await engine.CallAsync(
                $"look for image {name}",
                (client, token) => client.Images.InspectImageAsync(name, token),
                ct
            );
            var repository = ImageName.Parse(name).Repository;
            var digests = image.RepoDigests ?? [];
            var digest = digests.FirstOrDefault(d => d.StartsWith(repository + "@", StringComparison.Ordinal));
            return new ResolvedImage(
                new SandboxImage(name, image.ID, digest ?? digests.FirstOrDefault(), image.Architecture ?? ""),
                [.. image.Config?.Volumes?.Keys ?? []]
            );
        }
        catch (SandboxException e) when (DockerErrors.IsNotFound(e))
        {
            return null;
        }
    }

    private static async Task PullAsync(DockerEngine engine, string name, CancellationToken ct)
    {
        var reference = ImageName.Parse(name);
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(ct);
        silence.CancelAfter(PullSilence);
        var messages = new StreamErrors(() => silence.CancelAfter(PullSilence));
        try
        {
            await engine.CallAsync(
                $"pull {name}",
                (client, token) =>
                    client.Images.CreateImageAsync(
                        new ImagesCreateParameters { FromImage = reference.Repository, Tag = reference.Tag },
                        null,
                        messages,
                        token
                    ),
                silence.Token,
                PullDeadline
            );
            messages.ThrowIfAny($"pull {name}");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new SandboxException(
                SandboxFailure.ImageUnavailable,
                $"Pulling {name} made no progress for {PullSilence.TotalMinutes:0} minutes. Is the registry reachable from the Docker daemon?"
            );
        }
        catch (SandboxException e) when (e.Failure is SandboxFailure.Daemon or SandboxFailure.ImageUnavailable)
        {
            throw Explain(name, e);
        }
    }

    private static SandboxException Explain(string name, SandboxException error)
    {
        var refused =
            error.Message.Contains("unauthorized", StringComparison.OrdinalIgnoreCase)
            || error.Message.Contains("authentication required", StringComparison.OrdinalIgnoreCase)
            || error.Message.Contains("no basic auth credentials", StringComparison.OrdinalIgnoreCase);
        return refused
            ? new SandboxException(
                SandboxFailure.RegistryAuthentication,
                $"{error.Message}. Pull it beforehand with a login of its own: docker login, docker pull {name}",
                error
            )
            : new SandboxException(
                SandboxFailure.ImageUnavailable,
                $"{error.Message}. Check the name sandbox.image: {name}, and that the Docker daemon reaches the registry; try: docker pull {name}",
                error
            );
    }
}
