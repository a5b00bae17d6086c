using System.Security.Cryptography;
using ClawCi.Sandboxes.Workspaces;
using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Docker;

/// <summary>What must be there before a task's first container: image, tool server, layers. Costs the same for any size of checkout.</summary>
internal sealed record TaskFoundation(
    DockerEngine Engine,
    ResolvedImage Image,
    TaskLayers Layers,
    HelperContainer Helper,
    string ToolServerPath,
    Dictionary<string, string> Labels,
    IReadOnlyList<string> Secrets,
    Task Sweep
)
{
    public static async Task<TaskFoundation> LayAsync(
        DockerEngine engine,
        ToolServerBinary toolServer,
        SandboxSpec spec,
        string path,
        string? outDirectory,
        SandboxOwner owner,
        CancellationToken ct
    )
    {
        var name = $"claw-ci-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        var labels = Docker.Labels.For(owner, name);
        var sweep = Leftovers.SweepAsync(engine, ct);
        var resolving = ImageResolver.ResolveAsync(engine, spec.Image, spec.Pull, ct);
        var locating = CheckoutLocation.LocateAsync(engine, path, outDirectory, ct);
        await Task.WhenAll(resolving, locating, ScratchImage.EnsureAsync(engine, ct));
        var image = await resolving;
        var checkout = await locating;
        Refuse(image, toolServer, spec);
        var git = GitConfigSanitizer.Read(checkout.Path);

        var layers = await TaskLayers.CreateAsync(engine, name, checkout, labels);
#pragma warning disable CA2000 // The task owns the helper; the catch below disposes it when there is no task.
        HelperContainer? helper = null;
        try
        {
            helper = await CreateHelperAsync(engine, name, layers, toolServer, labels);
            var ensuring = ToolServerVolume.EnsureAsync(helper, toolServer, ct);
            var proving = checkout.MustProve ? CheckoutProof.ProveAsync(helper, checkout, ct) : Task.CompletedTask;
            var writing = helper.PutAsync(HelperContainer.TaskTarget, tar => layers.WriteFirst(tar, git), ct);
            await Task.WhenAll(ensuring, proving, writing);
#pragma warning restore CA2000
            return new TaskFoundation(engine, image, layers, helper, await ensuring, labels, git.Secrets, sweep);
        }
        catch
        {
            if (helper is not null)
                await helper.DisposeAsync();
            await Leftovers.RemoveAsync(engine, name);
            throw;
        }
    }

    private static async Task<HelperContainer> CreateHelperAsync(
        DockerEngine engine,
        string name,
        TaskLayers layers,
        ToolServerBinary toolServer,
        Dictionary<string, string> labels
    )
    {
        try
        {
            return await HelperContainer.CreateAsync(engine, name, Mounts(layers, toolServer), labels);
        }
        catch (SandboxException e)
            when (e.Message.Contains("bind source path does not exist", StringComparison.OrdinalIgnoreCase))
        {
            throw CheckoutProof.Elsewhere(layers.Checkout);
        }
    }

    private static List<Mount> Mounts(TaskLayers layers, ToolServerBinary toolServer) =>
        [
            new Mount
            {
                Type = "volume",
                Source = layers.Volume,
                Target = HelperContainer.TaskTarget,
            },
            new Mount
            {
                Type = "volume",
                Source = ToolServerVolume.NameOf(toolServer),
                Target = ToolServerVolume.Target,
                VolumeOptions = new VolumeOptions
                {
                    NoCopy = true,
                    Labels = new Dictionary<string, string> { [Docker.Labels.Ours] = Docker.Labels.ToolServerRole },
                },
            },
            // Also without need for proof: a daemon that has no such directory says so here, and not in a mount error.
            new Mount
            {
                Type = "bind",
                Source = layers.Checkout.DaemonPath,
                Target = HelperContainer.CheckoutTarget,
                ReadOnly = true,
            },
        ];

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
