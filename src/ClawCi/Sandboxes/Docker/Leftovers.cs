using System.Globalization;
using Docker.DotNet.Models;
using Filter = System.Collections.Generic.Dictionary<string, System.Collections.Generic.IDictionary<string, bool>>;

namespace ClawCi.Sandboxes.Docker;

/// <summary>What tasks made in the daemon, split by whether their owner lives.</summary>
internal sealed record Leftovers(
    IReadOnlyList<LabelledThing> Containers,
    IReadOnlyList<LabelledThing> Volumes,
    IReadOnlyList<LabelledThing> Resumable,
    IReadOnlyList<string> Kept
)
{
    private static readonly Filter OfTasks = With(Labels.Ours, Labels.TaskRole);

    public static async Task<Leftovers> FindAsync(DockerEngine engine, CancellationToken ct)
    {
        var containers = ContainersAsync(engine, OfTasks, ct);
        var volumes = VolumesAsync(engine, OfTasks, ct);
        LabelledThing[] all = [.. await containers, .. await volumes];
        // Asked for only when it matters: it is the daemon's own clock that the leases were dated with.
        var now = all.Any(thing => thing.OwnerLives is null || thing.IsResumable)
            ? await NowAsync(engine, ct)
            : default;
        // A run that was resumed owns its containers and, as its dead self, its layers.
        var alive = all.Where(thing => thing.OwnerLives == true).Select(thing => thing.Sandbox).ToHashSet();
        var resumable = (await volumes)
            .Where(thing => thing.IsResumable && !thing.IsLeft(now) && !alive.Contains(thing.Sandbox))
            .ToList();
        return new Leftovers(
            [.. (await containers).Where(thing => thing.IsLeft(now))],
            [.. (await volumes).Where(thing => thing.IsLeft(now))],
            resumable,
            [.. all.Where(thing => !thing.IsLeft(now)).Except(resumable).Select(thing => thing.Name)]
        );
    }

    /// <summary>What holds the layers of a task that can be resumed; empty when there are none.</summary>
    public static async Task<IReadOnlyList<string>> LayersAsync(
        DockerEngine engine,
        SandboxOwner owner,
        CancellationToken ct
    ) =>
        [
            .. (await VolumesAsync(engine, With(Labels.Run, owner.RunId), ct))
                .Where(volume => volume.Name == volume.Sandbox && volume.IsOf(owner))
                .Select(volume => volume.Name),
        ];

    /// <summary>For a run that starts: what is in the way of nobody is not worth an error.</summary>
    public static async Task SweepAsync(DockerEngine engine, CancellationToken ct)
    {
        try
        {
            await (await FindAsync(engine, ct)).RemoveAsync(engine);
        }
        catch (Exception e) when (e is SandboxException or OperationCanceledException)
        {
            // The run itself meets the same daemon and says what is wrong with it.
        }
    }

    /// <summary>Everything of one task's place to work, whoever removed part of it before.</summary>
    public static async Task RemoveAsync(DockerEngine engine, string sandbox)
    {
        var filter = With(Labels.Sandbox, sandbox);
        try
        {
            var containers = ContainersAsync(engine, filter, CancellationToken.None);
            var volumes = VolumesAsync(engine, filter, CancellationToken.None);
            await new Leftovers(await containers, await volumes, [], []).RemoveAsync(engine);
        }
        catch (SandboxException)
        {
            // A daemon that does not answer keeps what it has until the next sweep.
        }
    }

    /// <summary>The containers of one task's place to work; its layers stay.</summary>
    /// <exception cref="SandboxException">One may still be there, and write to them.</exception>
    public static async Task RemoveContainersAsync(DockerEngine engine, string sandbox, CancellationToken ct)
    {
        var containers = await ContainersAsync(engine, With(Labels.Sandbox, sandbox), ct);
        var gone = await Task.WhenAll(containers.Select(container => Removal.ContainerAsync(engine, container.Id)));
        if (gone.Contains(false))
            throw Removal.StillThere(containers[Array.IndexOf(gone, false)].Name);
    }

    public async Task RemoveAsync(DockerEngine engine)
    {
        await Task.WhenAll(Containers.Select(container => Removal.ContainerAsync(engine, container.Id)));
        await Task.WhenAll(Volumes.Select(volume => Removal.VolumeAsync(engine, volume.Id)));
    }

    private static async Task<List<LabelledThing>> ContainersAsync(
        DockerEngine engine,
        Filter filter,
        CancellationToken ct
    )
    {
        var parameters = new ContainersListParameters { All = true, Filters = filter };
        var found = await engine.CallAsync(
            "list containers",
            (client, token) => client.Containers.ListContainersAsync(parameters, token),
            ct
        );
        return
        [
            .. found.Select(container => new LabelledThing(
                container.ID,
                container.Names is [var name, ..] ? name.TrimStart('/') : container.ID,
                container.Created,
                container.Labels
            )),
        ];
    }

    private static async Task<List<LabelledThing>> VolumesAsync(
        DockerEngine engine,
        Filter filter,
        CancellationToken ct
    )
    {
        var found = await engine.CallAsync(
            "list volumes",
            (client, token) => client.Volumes.ListAsync(new VolumesListParameters { Filters = filter }, token),
            ct
        );
        return
        [
            .. (found.Volumes ?? []).Select(volume => new LabelledThing(
                volume.Name,
                volume.Name,
                Time(volume.CreatedAt),
                volume.Labels
            )),
        ];
    }

    private static Filter With(string label, string value) =>
        new() { ["label"] = new Dictionary<string, bool> { [$"{label}={value}"] = true } };

    private static async Task<DateTimeOffset> NowAsync(DockerEngine engine, CancellationToken ct)
    {
        var info = await engine.CallAsync(
            "ask for the time",
            (client, token) => client.System.GetSystemInfoAsync(token),
            ct
        );
        return Time(info.SystemTime);
    }

    /// <summary>A time that cannot be read counts as now would: nothing is removed for it.</summary>
    private static DateTimeOffset Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : DateTimeOffset.MaxValue;
}
