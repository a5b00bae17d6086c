using Docker.DotNet.Models;

namespace ClawCi.Sandboxes.Docker;

/// <summary>Adds up what a pull says of its layers, and passes it on now and then.</summary>
internal sealed class PullMeter(TimeProvider time, Action<PullProgress> tell)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, JSONProgress> _layers = [];
    private readonly long _started = time.GetTimestamp();
    private long _told = time.GetTimestamp();

    public void Add(JSONMessage message)
    {
        // Extracting counts the same bytes again.
        if (message is not { ID: { Length: > 0 } layer, Progress: { } progress, Status: "Downloading" })
            return;
        _layers[layer] = progress;
        if (time.GetElapsedTime(_told) < Period)
            return;
        _told = time.GetTimestamp();
        tell(Now(done: false));
    }

    public void End() => tell(Now(done: true));

    private PullProgress Now(bool done) =>
        new(
            done,
            _layers.Values.Sum(layer => (done ? layer.Total : layer.Current) ?? 0),
            _layers.Values.Sum(layer => layer.Total ?? 0),
            time.GetElapsedTime(_started)
        );
}

/// <summary>How far a pull is.</summary>
/// <param name="Total">Bytes of the layers that were begun: grows while it goes on.</param>
internal sealed record PullProgress(bool Done, long Bytes, long Total, TimeSpan Duration);
