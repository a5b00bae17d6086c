using System.Globalization;
using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Docker;

/// <summary>
/// Looks after what a task writes to the daemon's disk. Docker bounds no volume on the usual file systems, so a
/// container of ours, which the agent never runs in, counts its layers every few seconds.
/// </summary>
internal sealed class DiskWatch : IAsyncDisposable
{
    /// <summary>Most of a start's work is over by then, and nobody fills a disk before.</summary>
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(2);
    private const int LongestLine = 64;

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;

    /// <param name="onOver">Told once: that the limit is exceeded, or that nobody can tell any more.</param>
    public DiskWatch(
        DockerEngine engine,
        CreateContainerParameters parameters,
        long limit,
        Func<SandboxException, Task> onOver
    )
    {
        _watching = WatchAsync(engine, parameters, limit, onOver);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync(
        DockerEngine engine,
        CreateContainerParameters parameters,
        long limit,
        Func<SandboxException, Task> onOver
    )
    {
        try
        {
            await Task.Delay(Delay, TimeProvider.System, _stop.Token);
            await using var container = await AttachedContainer.StartAsync(
                engine,
                parameters,
                LongestLine,
                _stop.Token
            );
            using var reader = new StreamReader(container.Stream);
            var line = await reader.ReadLineAsync(_stop.Token);
            await onOver(
                long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
                    ? new SandboxException(
                        SandboxFailure.DiskLimit,
                        $"The sandbox wrote {bytes >> 20} MiB to the disk; sandbox.disk allows {limit >> 20} MiB."
                    )
                    : Unwatched((await container.FindEndAsync()).Description)
            );
        }
        catch (OperationCanceledException)
        {
            // The task is over.
        }
        catch (Exception e) when (e is SandboxException or IOException)
        {
            if (!_stop.IsCancellationRequested)
                await onOver(Unwatched(e.Message));
        }
    }

    /// <summary>A bound that nobody holds is none: the task does not go on without.</summary>
    private static SandboxException Unwatched(string why) =>
        new(
            SandboxFailure.Daemon,
            $"What the sandbox writes to the disk (sandbox.disk) can no longer be watched: {why}"
        );
}
