using ClawCi.Sandboxes.Workspaces;

namespace ClawCi.Sandboxes.Docker;

/// <summary>
/// What a task's sandbox will stand on, found out before anything is made: it takes a few milliseconds, and says of most
/// runs that cannot work that they cannot, before the first paid token.
/// </summary>
internal sealed record TaskGround(ResolvedImage Image, CheckoutLocation Checkout, SanitizedGitConfig Git)
{
    public static async Task<TaskGround> SurveyAsync(
        DockerEngine engine,
        ToolServerBinary toolServer,
        SandboxSpec spec,
        string path,
        string? outDirectory,
        Action<PullProgress>? onPull,
        CancellationToken ct
    )
    {
        var resolving = ImageResolver.ResolveAsync(engine, spec.Image, spec.Pull, onPull, ct);
        var locating = CheckoutLocation.LocateAsync(engine, path, outDirectory, ct);
        await Task.WhenAll(resolving, locating);
        var image = await resolving;
        Refuse(image, toolServer, spec);
        var checkout = await locating;
        return new TaskGround(image, checkout, GitConfigSanitizer.Read(checkout.Path));
    }

    private static void Refuse(ResolvedImage image, ToolServerBinary toolServer, SandboxSpec spec)
    {
        if (image.Image.Architecture != toolServer.Architecture)
            throw new SandboxException(
                SandboxFailure.ImageUnavailable,
                $"Image {spec.Image} is for {image.Image.Architecture}, the tool server {toolServer.Path} for "
                    + $"{toolServer.Architecture ?? "no machine that we know"}. Choose an image for the same architecture."
            );
        var inside = image.Volumes.FirstOrDefault(volume =>
            volume.StartsWith(spec.Workspace.TrimEnd('/') + "/", StringComparison.Ordinal)
        );
        if (inside is not null)
            throw new SandboxException(
                SandboxFailure.ImageUnavailable,
                $"Image {spec.Image} declares a volume at {inside}, which would hide that part of the workspace. "
                    + "Set sandbox.workspace to a path elsewhere."
            );
    }
}
