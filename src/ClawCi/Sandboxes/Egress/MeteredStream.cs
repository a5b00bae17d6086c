using System.Net.Sockets;
using ClawCi.Shared;

namespace ClawCi.Sandboxes.Egress;

/// <summary>A connection to the outside that counts what passes, and ends when nothing does.</summary>
internal sealed class MeteredStream : AsyncStream
{
    private readonly Stream _inner;
    private readonly Meter _meter;
    private readonly TimeSpan _limit;
    private readonly CancellationTokenSource _idle;
    private Action<MeteredStream>? _onEnd;
    private long _up;
    private long _down;

    /// <param name="onEnd">Called once, when it is closed.</param>
    public MeteredStream(Stream inner, Meter meter, TimeSpan idle, Action<MeteredStream>? onEnd = null)
    {
        (_inner, _meter, _limit, _onEnd) = (inner, meter, idle, onEnd);
        _idle = new CancellationTokenSource(idle);
        // Whoever waits for this connection gets an error, and nobody else is disturbed.
        _idle.Token.Register(_inner.Dispose);
    }

    public long Up => Volatile.Read(ref _up);

    public long Down => Volatile.Read(ref _down);

    /// <summary>Whether it was ended because no byte had passed for too long.</summary>
    public bool WasIdle => _idle.IsCancellationRequested;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await _inner.ReadAsync(buffer, cancellationToken);
        Interlocked.Add(ref _down, count);
        _meter.CountDown(count);
        _idle.CancelAfter(_limit);
        return count;
    }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        _meter.CountUp(buffer.Length);
        await _inner.WriteAsync(buffer, cancellationToken);
        Interlocked.Add(ref _up, buffer.Length);
        _idle.CancelAfter(_limit);
    }

    /// <summary>Says that nothing more is sent.</summary>
    public void EndWriting()
    {
        if (_inner is NetworkStream network)
            network.Socket.Shutdown(SocketShutdown.Send);
    }

    public override void Flush() => _inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => _inner.FlushAsync(cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            _idle.Dispose();
            Interlocked.Exchange(ref _onEnd, null)?.Invoke(this);
        }
        base.Dispose(disposing);
    }
}
