using System.Security.Cryptography;
using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Docker;

/// <summary>What must be there before a task's first container: tool server and layers. Costs the same for any size of checkout.</summary>
internal sealed record TaskFoundation(
    TaskLayers Layers,
    HelperContainer Helper,
    string ToolServerPath,
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
        var layers = await TaskLayers.CreateAsync(engine, name, ground.Checkout, labels);
        HelperContainer? helper = null;
        try
        {
            helper = await CreateHelperAsync(engine, name, layers, toolServer, labels);
            var ensuring = ToolServerVolume.EnsureAsync(helper, toolServer, ct);
            var proving = ground.Checkout.MustProve
                ? CheckoutProof.ProveAsync(helper, ground.Checkout, ct)
                : Task.CompletedTask;
            var writing = helper.PutAsync(HelperContainer.TaskTarget, tar => layers.WriteFirst(tar, ground.Git), ct);
            await Task.WhenAll(ensuring, proving, writing);
            return new TaskFoundation(layers, helper, await ensuring, labels, sweep);
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
}
