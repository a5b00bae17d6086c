using System.Security.Cryptography;
using ClawCi.Sandboxes.Workspaces;
using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Docker;

/// <summary>What must be there before a task's first container: tool server and layers. Costs the same for any size of checkout that the daemon sees.</summary>
/// <param name="Copy">Null when the daemon has the checkout itself.</param>
internal sealed record TaskFoundation(
    TaskLayers Layers,
    HelperContainer Helper,
    string ToolServerPath,
    CheckoutCopy? Copy,
    Dictionary<string, string> Labels,
    Task Sweep
)
{
    /// <exception cref="SandboxException">Nothing is left behind.</exception>
    public static async Task<TaskFoundation> LayAsync(
        DockerEngine engine,
        ToolServerBinary toolServer,
        TaskGround ground,
        SandboxOwner owner,
        CancellationToken ct
    )
    {
        var name = $"claw-ci-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        var labels = Docker.Labels.For(owner, name);
        var sweep = Leftovers.SweepAsync(engine, ct);
        await ScratchImage.EnsureAsync(engine, ct);
        HelperContainer? helper = null;
        try
        {
            var layers = await TaskLayers.CreateAsync(engine, name, ground.Checkout, labels);
            (helper, layers) = await OpenAsync(engine, name, layers, toolServer, labels, ct);
            var ensuring = ToolServerVolume.EnsureAsync(engine, helper, toolServer, ct);
            var copying = CopyAsync(helper, layers.Checkout, ground.Git, ct);
            var writing = helper.PutAsync(HelperContainer.TaskTarget, tar => layers.WriteFirst(tar, ground.Git), ct);
            await Task.WhenAll(ensuring, copying, writing);
            return new TaskFoundation(layers, helper, await ensuring, await copying, labels, sweep);
        }
        catch
        {
            if (helper is not null)
                await helper.DisposeAsync();
            await Leftovers.RemoveAsync(engine, name);
            throw;
        }
    }

    /// <summary>On the layers that a killed run left: nothing in them is touched.</summary>
    /// <exception cref="SandboxException">They cannot be had, or lie above another checkout. They are left as they are.</exception>
    public static async Task<TaskFoundation> ResumeAsync(
        DockerEngine engine,
        ToolServerBinary toolServer,
        TaskGround ground,
        SandboxOwner owner,
        KeptLayers kept,
        CancellationToken ct
    )
    {
        var labels = Docker.Labels.For(owner, kept.Volume);
        // Also what is still ending: two containers that write to one layer ruin it.
        await Leftovers.RemoveContainersAsync(engine, kept.Volume, ct);
        var sweep = Leftovers.SweepAsync(engine, ct);
        await ScratchImage.EnsureAsync(engine, ct);
        var layers = await TaskLayers.FindAsync(engine, kept.Volume, ground.Checkout, ct);
        var (helper, opened) = await OpenAsync(engine, kept.Volume, layers, toolServer, labels, ct);
        try
        {
            var link = await helper.LinkTargetAsync($"{HelperContainer.TaskTarget}/lower", ct);
            if ((link is { Length: > 0 } path ? path : null) != opened.Checkout.DaemonPath)
                throw new SandboxException(
                    SandboxFailure.WorkspaceUnreachable,
                    $"The layers of this run lie above {(link is { Length: > 0 } ? link : "a copy")}, and Docker's daemon now sees the checkout "
                        + $"{(opened.Checkout.DaemonPath is { } now ? $"at {now}" : "no more")}. Resume where the run was started."
                );
            var toolServerPath = await ToolServerVolume.EnsureAsync(engine, helper, toolServer, ct);
            var copy = opened.Checkout.DaemonPath is null
                ? new CheckoutCopy(opened.Checkout.Path, kept.CopyStarted, [])
                : null;
            return new TaskFoundation(opened, helper, toolServerPath, copy, labels, sweep);
        }
        catch
        {
            await helper.DisposeAsync();
            throw;
        }
    }

    /// <summary>The door to the layers; and the layers, on a copy if the daemon does not see the checkout.</summary>
    private static async Task<(HelperContainer Helper, TaskLayers Layers)> OpenAsync(
        DockerEngine engine,
        string name,
        TaskLayers layers,
        ToolServerBinary toolServer,
        Dictionary<string, string> labels,
        CancellationToken ct
    )
    {
        Task<HelperContainer> CreateAsync(TaskLayers wanted) =>
            HelperContainer.CreateAsync(engine, name, Mounts(wanted, toolServer), labels);
        if (layers.Checkout.DaemonPath is not null)
        {
            try
            {
                var helper = await CreateAsync(layers);
                if (!layers.Checkout.MustProve || await CheckoutProof.HoldsAsync(helper, layers.Checkout, ct))
                    return (helper, layers);
                await helper.DisposeAsync();
            }
            catch (SandboxException e)
                when (e.Message.Contains("bind source path does not exist", StringComparison.OrdinalIgnoreCase))
            {
                // The daemon has no such directory.
            }
        }
        layers = layers with { Checkout = layers.Checkout with { DaemonPath = null } };
        return (await CreateAsync(layers), layers);
    }

    /// <returns>Null when the daemon has the checkout itself.</returns>
    private static async Task<CheckoutCopy?> CopyAsync(
        HelperContainer helper,
        CheckoutLocation checkout,
        SanitizedGitConfig git,
        CancellationToken ct
    )
    {
        if (checkout.DaemonPath is not null)
            return null;
        var started = TimeProvider.System.GetUtcNow();
        var archive = new CheckoutArchive(checkout, git, $"{HelperContainer.TaskTarget[1..]}/lower");
        await helper.PutStreamAsync(archive.WriteAsync, ct);
        return new CheckoutCopy(checkout.Path, started, archive.LeftOut);
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
            .. layers.Checkout.DaemonPath is not { } path
                ? Array.Empty<Mount>()
                :
                [
                    new Mount
                    {
                        Type = "bind",
                        Source = path,
                        Target = HelperContainer.CheckoutTarget,
                        ReadOnly = true,
                    },
                ],
        ];
}
