using System.Buffers.Binary;
using System.IO.Pipelines;
using ClawCi.Shared;

namespace ClawCi.Tunnels;

/// <summary>One connection of a <see cref="Tunnel"/>. One reader and one writer at a time.</summary>
internal sealed class TunnelConnection(Tunnel tunnel, uint id) : AsyncStream
{
    private readonly Pipe _incoming = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
#pragma warning disable CA2213 // The tunnel may still grant while the connection is disposed of.
    private readonly SemaphoreSlim _granted = new(0);
#pragma warning restore CA2213
    private readonly Lock _lock = new();

    /// <summary>Bytes that we may still send.</summary>
    private int _credit = Tunnel.Window;

    /// <summary>Bytes that the other side may still send.</summary>
    private int _allowance = Tunnel.Window;

    /// <summary>Bytes read and not granted again yet.</summary>
    private int _consumed;
    private bool _sentEnd;
    private bool _gotEnd;
    private bool _gotClose;
    private int _disposed;

    public uint Id => id;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var result = await _incoming.Reader.ReadAsync(cancellationToken);
        var count = (int)Math.Min(buffer.Length, result.Buffer.Length);
        var taken = result.Buffer.Slice(0, count);
        var position = 0;
        foreach (var piece in taken)
        {
            piece.CopyTo(buffer[position..]);
            position += piece.Length;
        }
        _incoming.Reader.AdvanceTo(taken.End);
        if (count > 0)
            await GrantAsync(count, cancellationToken);
        return count;
    }

    /// <exception cref="IOException">The other side reads no more, or the tunnel is gone.</exception>
    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer,
        CancellationToken cancellationToken = default
    )
    {
        while (!buffer.IsEmpty)
        {
            int count;
            lock (_lock)
            {
                if (_gotClose || _sentEnd)
                    throw new IOException("The other side has closed the connection.");
                count = Math.Min(Math.Min(_credit, buffer.Length), FrameHeader.MostData);
                _credit -= count;
            }
            if (count == 0)
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, tunnel.Ended);
                await _granted.WaitAsync(either.Token);
                continue;
            }
            await tunnel.SendAsync(FrameKind.Data, id, buffer[..count], cancellationToken);
            buffer = buffer[count..];
        }
    }

    /// <summary>Says that nothing more will be written.</summary>
    public async Task EndAsync(CancellationToken ct)
    {
        lock (_lock)
        {
            if (_sentEnd)
                return;
            _sentEnd = true;
        }
        await tunnel.SendAsync(FrameKind.End, id, default, ct);
    }

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        tunnel.Forget(this);
        lock (_lock)
            _sentEnd = true;
        try
        {
            if (!_gotClose)
                await tunnel.SendAsync(FrameKind.Close, id, default, tunnel.Ended);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The tunnel is gone, and with it the connection.
        }
        await _incoming.Reader.CompleteAsync();
        await base.DisposeAsync();
    }

    /// <summary>A frame of the other side's. Never waits for whoever reads here: the window is all that can be held.</summary>
    internal async Task TakeAsync(FrameKind kind, ReadOnlyMemory<byte> payload)
    {
        switch (kind)
        {
            case FrameKind.Data:
                lock (_lock)
                {
                    if (_gotEnd || payload.Length > _allowance)
                        throw new TunnelException($"connection {id} was sent more than it may be");
                    _allowance -= payload.Length;
                }
                await _incoming.Writer.WriteAsync(payload);
                break;
            case FrameKind.Credit:
                Grant(BinaryPrimitives.ReadUInt32BigEndian(payload.Span));
                break;
            default:
                TakeEnd(kind == FrameKind.Close);
                break;
        }
    }

    /// <summary>The tunnel is gone: whoever reads sees the end, whoever writes an error.</summary>
    internal void Break() => TakeEnd(isClose: true);

    public override void Flush() { }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void TakeEnd(bool isClose)
    {
        bool first;
        lock (_lock)
        {
            first = isClose ? !_gotClose : !_gotEnd;
            _gotEnd = true;
            _gotClose |= isClose;
        }
        if (!first)
            return;
        _incoming.Writer.Complete();
        _granted.Release();
    }

    private void Grant(uint more)
    {
        lock (_lock)
        {
            if (more == 0 || more > Tunnel.Window - _credit)
                throw new TunnelException($"connection {id} was granted more than its window");
            _credit += (int)more;
        }
        _granted.Release();
    }

    /// <summary>In quarters of the window: a frame for every read would be as many frames again.</summary>
    private async Task GrantAsync(int read, CancellationToken ct)
    {
        int grant;
        lock (_lock)
        {
            _consumed += read;
            if (_consumed < Tunnel.Window / 4 || _gotEnd)
                return;
            grant = _consumed;
            _consumed = 0;
            _allowance += grant;
        }
        var amount = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(amount, grant);
        await tunnel.SendAsync(FrameKind.Credit, id, amount, ct);
    }
}
