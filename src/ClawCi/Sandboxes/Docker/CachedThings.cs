using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Docker;

/// <summary>What is kept between runs because the next one would only make it again.</summary>
internal sealed record CachedThings(IReadOnlyList<string> Volumes, IReadOnlyList<string> Images)
{
    public static CachedThings None { get; } = new([], []);

    public static async Task<CachedThings> FindAsync(DockerEngine engine, CancellationToken ct)
    {
        var volumes = await engine.CallAsync(
            "list volumes",
            (client, token) =>
                client.Volumes.ListAsync(
                    new VolumesListParameters { Filters = WithLabel(Labels.ToolServerRole) },
                    token
                ),
            ct
        );
        var images = await engine.CallAsync(
            "list images",
            (client, token) =>
                client.Images.ListImagesAsync(
                    new ImagesListParameters { Filters = WithLabel(Labels.ScratchRole) },
                    token
                ),
            ct
        );
        return new CachedThings([.. (volumes.Volumes ?? []).Select(v => v.Name)], [.. images.Select(i => i.ID)]);
    }

    public async Task RemoveAsync(DockerEngine engine)
    {
        await Task.WhenAll(Volumes.Select(volume => Removal.VolumeAsync(engine, volume)));
        await Task.WhenAll(Images.Select(image => Removal.ImageAsync(engine, image)));
    }

    private static Dictionary<string, IDictionary<string, bool>> WithLabel(string role) =>
        new() { ["label"] = new Dictionary<string, bool> { [$"{Labels.Ours}={role}"] = true } };
}
