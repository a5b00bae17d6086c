using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Docker;

/// <summary>From the name in a task to an image that the daemon has.</summary>
internal static class ImageResolver
{
    private static readonly TimeSpan PullDeadline = TimeSpan.FromMinutes(60);
    private static readonly TimeSpan PullSilence = TimeSpan.FromMinutes(3);

    /// <summary>One image, for all tasks of a run that name it: a tag that moves meanwhile moves for none of them.</summary>
    /// <param name="onProgress">Told now and then while it is pulled, and once when it was.</param>
    /// <exception cref="SandboxException">Not there and not to be had.</exception>
    public static Task<ResolvedImage> ResolveAsync(
        DockerEngine engine,
        string name,
        PullPolicy pull,
        Action<PullProgress>? onProgress,
        CancellationToken ct
    ) =>
        engine.Images.RunAsync(
            $"{pull} {name}",
            (tell, token) => ResolveAloneAsync(engine, name, pull, tell, token),
            onProgress,
            ct
        );

    private static async Task<ResolvedImage> ResolveAloneAsync(
        DockerEngine engine,
        string name,
        PullPolicy pull,
        Action<PullProgress> tell,
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
        await PullAsync(engine, name, tell, ct);
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

    private static async Task PullAsync(
        DockerEngine engine,
        string name,
        Action<PullProgress> tell,
        CancellationToken ct
    )
    {
        var reference = ImageName.Parse(name);
        var (login, problem) = await engine.Access.Logins.ForAsync(reference.Registry, ct);
        var meter = new PullMeter(TimeProvider.System, tell);
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(ct);
        silence.CancelAfter(PullSilence);
        var messages = new StreamErrors(message =>
        {
            silence.CancelAfter(PullSilence);
            meter.Add(message);
        });
        try
        {
            await engine.CallAsync(
                $"pull {name}",
                (client, token) =>
                    client.Images.CreateImageAsync(
                        new ImagesCreateParameters { FromImage = reference.Repository, Tag = reference.Tag },
                        login is null ? null : AuthOf(login, reference.Registry),
                        messages,
                        token
                    ),
                silence.Token,
                PullDeadline
            );
            messages.ThrowIfAny($"pull {name}");
            meter.End();
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
            throw Explain(name, reference.Registry, login is not null, problem, e);
        }
    }

    private static AuthConfig AuthOf(RegistryLogin login, string registry) =>
        new()
        {
            ServerAddress = registry,
            Username = login.User,
            Password = login.Password,
            IdentityToken = login.IdentityToken,
            RegistryToken = login.RegistryToken,
        };

    private static SandboxException Explain(
        string name,
        string registry,
        bool hadLogin,
        string? problem,
        SandboxException error
    )
    {
        bool Says(string text) => error.Message.Contains(text, StringComparison.OrdinalIgnoreCase);
        var refused =
            Says("unauthorized")
            || Says("authentication required")
            || Says("no basic auth credentials")
            || Says("incorrect username or password");
        var host = registry.Contains("://", StringComparison.Ordinal) ? "" : $" {registry}";
        return refused
            ? new SandboxException(
                SandboxFailure.RegistryAuthentication,
                hadLogin
                    ? $"{error.Message}. The registry does not accept the login that Docker's config.json has for it; log in again: docker login{host}"
                    : $"{error.Message}. {(problem is null ? "There is no login for the registry" : $"No login for the registry could be had: {problem}")}; log in: docker login{host}",
                error
            )
            : new SandboxException(
                SandboxFailure.ImageUnavailable,
                $"{error.Message}. Check the name sandbox.image: {name}, and that the Docker daemon reaches the registry; try: docker pull {name}"
                    + (problem is null ? "" : $" ({problem})"),
                error
            );
    }
}
