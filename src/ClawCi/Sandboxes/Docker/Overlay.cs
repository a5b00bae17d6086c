using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Docker;

/// <summary>Mounts of overlays through the daemon's local volume driver: anonymous, so they go with their container.</summary>
internal static class Overlay
{
    /// <summary>
    /// Said every time, because distributions differ: metacopy leaves hollow files, and redirects hide
    /// renames from a walk that compares listings.
    /// </summary>
    private const string Fixed = "index=off,redirect_dir=off,metacopy=off";

    /// <param name="lower">Topmost first.</param>
    /// <param name="layer">Holds <c>upper</c> and <c>work</c>; null makes the overlay read-only by nature, and must: a daemon refuses to say it of an anonymous volume.</param>
    public static Mount Mount(
        string target,
        IReadOnlyList<string> lower,
        string? layer,
        IDictionary<string, string> labels
    )
    {
        var options = $"lowerdir={string.Join(':', lower)}";
        if (layer is not null)
            options += $",upperdir={layer}/upper,workdir={layer}/work";
        return new Mount
        {
            Type = "volume",
            Target = target,
            VolumeOptions = new VolumeOptions
            {
                NoCopy = true,
                Labels = labels,
                DriverConfig = new Driver
                {
                    Name = "local",
                    Options = new Dictionary<string, string>
                    {
                        ["type"] = "overlay",
                        ["device"] = "overlay",
                        ["o"] = $"{options},{Fixed},nosuid,nodev",
                    },
                },
            },
        };
    }
}
