using Docker.DotNet.Models;

namespace ClawCi.Docker.Tests;

/// <summary>The test image again with a configuration that wants something else than we do.</summary>
internal sealed class DerivedImage : IAsyncDisposable
{
    private readonly Sandboxed _here;

    private DerivedImage(Sandboxed here, string name)
    {
        _here = here;
        Name = name;
    }

    public string Name { get; }

    public static async Task<DerivedImage> CreateAsync(Sandboxed here, string name, params string[] changes)
    {
        var reference = $"claw-ci-test/{name}:1";
        await here.Engine.CallAsync(
            "derive an image",
            async (client, ct) =>
            {
                var container = await client.Containers.CreateContainerAsync(
                    new CreateContainerParameters { Image = Sandboxed.Image, Cmd = ["/bin/true"] },
                    ct
                );
                try
                {
                    await client.Images.CommitContainerChangesAsync(
                        new CommitContainerChangesParameters
                        {
                            ContainerID = container.ID,
                            RepositoryName = $"claw-ci-test/{name}",
                            Tag = "1",
                            Changes = [.. changes],
                        },
                        ct
                    );
                }
                finally
                {
                    await client.Containers.RemoveContainerAsync(container.ID, new ContainerRemoveParameters(), ct);
                }
            },
            default
        );
        return new DerivedImage(here, reference);
    }

    public async ValueTask DisposeAsync() =>
        await _here.Engine.CallAsync(
            "remove an image",
            (client, ct) => client.Images.DeleteImageAsync(Name, new ImageDeleteParameters(), ct),
            default
        );
}
