using ClawCi.Sandboxes.Docker;

namespace ClawCi.Sandboxes.Probes;

/// <summary>The mount points that a sandbox has by our will or the engine's.</summary>
internal static class MountProbe
{
    public static async Task<IReadOnlyList<string>> Words(ProbeGround ground)
    {
        var name = ProbeGround.Spec(ground.Request.Image).Image;
        var image = await ImageResolver.ResolveAsync(
            ground.Request.Engine,
            name,
            PullPolicy.Never,
            onProgress: null,
            CancellationToken.None
        );
        return
        [
            "mount-points",
            "/",
            "/etc/resolv.conf",
            "/etc/hostname",
            "/etc/hosts",
            "/sbin/docker-init",
            "/usr/sbin/docker-init",
            "/tmp",
            "/run",
            ContainerPlan.Home,
            ToolServerVolume.Target,
            ProbeCheckout.Workspace,
            $"{ProbeCheckout.Workspace}/{ProbeCheckout.OutName}",
            .. image.Volumes,
        ];
    }
}
