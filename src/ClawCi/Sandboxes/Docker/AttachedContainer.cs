using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Docker;

/// <summary>
/// A running container that we hold by its stdin: attached before it starts, so that nothing it says is missed,
/// and so that the daemon removes it when this process is gone. Disposed means: it no longer exists, as far as the daemon could be asked.
/// </summary>
internal sealed class AttachedContainer : IToolServerProcess
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(120);

    private readonly DockerEngine _engine;
#pragma warning disable CA2213 // Its token outlives the container: who holds it may look at it at any time.
    private readonly CancellationTokenSource _ended = new();
#pragma warning restore CA2213
    private Task<bool>? _removal;

    private AttachedContainer(DockerEngine engine, string id)
    {
        _engine = engine;
        Id = id;
    }

    public string Id { get; }

    public AttachedStream Stream { get; private set; } = null!;

    Stream IToolServerProcess.Stream => Stream;

    public string Errors => Stream.Errors;

    /// <summary>Fires when the container can say nothing more.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <param name="longestLine">Bytes; see <see cref="AttachedStream"/>.</param>
    public static async Task<AttachedContainer> StartAsync(
        DockerEngine engine,
        CreateContainerParameters parameters,
        long longestLine,
        CancellationToken ct
    )
    {
        await engine.Creating.WaitAsync(ct);
        try
        {
            return await StartNowAsync(engine, parameters, longestLine, ct);
        }
        finally
        {
            engine.Creating.Release();
        }
    }

    private static async Task<AttachedContainer> StartNowAsync(
        DockerEngine engine,
        CreateContainerParameters parameters,
        long longestLine,
        CancellationToken ct
    )
    {
        ct.ThrowIfCancellationRequested();
        var container = new AttachedContainer(
            engine,
            await ScratchImage.CreateContainerAsync(engine, "create the sandbox's container", parameters)
        );
        try
        {
            await container.AttachAndStartAsync(longestLine, ct);
            return container;
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    /// <summary>Why it ended, as far as the daemon remembers.</summary>
    public async Task<ContainerEnd> FindEndAsync() =>
        Stream.Violation is { } violation
            ? new ContainerEnd(violation, FromInside: true)
            : await ContainerEnd.FindAsync(_engine, Id, Stream.Errors);

    /// <summary>Why it says nothing although it has not ended.</summary>
    public Task<ContainerEnd> FindSilenceAsync() => ContainerEnd.FindSilenceAsync(_engine, Id);

    public async Task<bool> EndAsync()
    {
        // One that would not go is asked again.
        if (_removal is { IsCompleted: true } before && !await before)
            _removal = null;
        return await (_removal ??= Removal.ContainerAsync(_engine, Id));
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        Stream?.Dispose();
    }

    private async Task AttachAndStartAsync(long longestLine, CancellationToken ct)
    {
        var attached = await _engine.CallAsync(
            "attach to the sandbox",
            (client, token) =>
                client.Containers.AttachContainerAsync(
                    Id,
                    new ContainerAttachParameters
                    {
                        Stream = true,
                        Stdin = true,
                        Stdout = true,
                        Stderr = true,
                    },
                    token
                ),
            ct
        );
        Stream = new AttachedStream(attached, longestLine, _ended.Cancel);
        await _engine.CallAsync(
            "start the sandbox",
            (client, token) => client.Containers.StartContainerAsync(Id, null, token),
            ct,
            StartDeadline
        );
    }
}
