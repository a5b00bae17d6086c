namespace ClawCi.Tunnels;

/// <summary>
/// Many connections over one pair of streams. One side, in the container, opens; the other accepts. Each connection has a
/// window in each direction, so that reading never waits for a slow connection, and memory has a bound whatever the other
/// side does.
/// </summary>
/// <param name="accept">Owns the connection it is given; null on the side that opens.</param>
/// <param name="mostConnections">Further ones are closed at once.</param>
internal sealed class Tunnel(Stream input, Stream output, Func<TunnelConnection, Task>? accept, int mostConnections)
    : IDisposable
{
    /// <summary>Bytes under way in one direction of one connection.</summary>
    public const int Window = 256 << 10;

    /// <summary>Connections being closed at once; more at a time is a flood.</summary>
    private const int MostRefusals = 1000;

    private readonly Dictionary<uint, TunnelConnection> _connections = [];
#pragma warning disable CA2213 // Connections outlive the tunnel, and look at both.
    private readonly SemaphoreSlim _writing = new(1);
    private readonly CancellationTokenSource _ended = new();
#pragma warning restore CA2213
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _outgoing = new byte[FrameHeader.Size + FrameHeader.MostData];
    private uint _last;
    private int _refusals;

    /// <summary>Fires when nothing can be sent any more.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Done when the opening side listens; fails when the tunnel ends before.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Reads until the input ends. Connections that are left see their end.</summary>
    /// <exception cref="TunnelException">The other side broke the rules.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            var header = new byte[FrameHeader.Size];
            var payload = new byte[FrameHeader.MostData];
            while (await input.ReadAtLeastAsync(header, header.Length, false, ct) == header.Length)
            {
                var frame = FrameHeader.Read(header);
                await input.ReadExactlyAsync(payload.AsMemory(0, frame.Length), ct);
                await TakeAsync(frame, payload.AsMemory(0, frame.Length));
            }
        }
        finally
        {
            await _ended.CancelAsync();
            _ready.TrySetException(new IOException("The tunnel ended before it was ready."));
            // Nobody need look at it.
            _ = _ready.Task.Exception;
            lock (_connections)
            {
                foreach (var connection in _connections.Values)
                    connection.Break();
                _connections.Clear();
            }
        }
    }

    public Task SendReadyAsync(CancellationToken ct) => SendAsync(FrameKind.Ready, 0, default, ct);

    public async Task<TunnelConnection> OpenAsync(CancellationToken ct)
    {
        // The number is taken and said under one lock, so that numbers rise on the wire too.
        await _writing.WaitAsync(ct);
        try
        {
            TunnelConnection connection;
            lock (_connections)
            {
                connection = new TunnelConnection(this, ++_last);
                _connections[connection.Id] = connection;
            }
            await WriteAsync(FrameKind.Open, connection.Id, default);
            return connection;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Whoever still writes gets an error. The streams are the caller's to close.</summary>
    public void Dispose() => _ended.Cancel();

    /// <exception cref="IOException">The tunnel is gone.</exception>
    internal async Task SendAsync(FrameKind kind, uint id, ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        await _writing.WaitAsync(ct);
        try
        {
            await WriteAsync(kind, id, payload);
        }
        finally
        {
            _writing.Release();
        }
    }

    internal void Forget(TunnelConnection connection)
    {
        lock (_connections)
            _connections.Remove(connection.Id);
    }

    /// <summary>Not cancelled half-way: a torn frame would be the end of all connections.</summary>
    private async Task WriteAsync(FrameKind kind, uint id, ReadOnlyMemory<byte> payload)
    {
        try
        {
            new FrameHeader(kind, id, payload.Length).Write(_outgoing);
            payload.CopyTo(_outgoing.AsMemory(FrameHeader.Size));
            await output.WriteAsync(_outgoing.AsMemory(0, FrameHeader.Size + payload.Length), _ended.Token);
            await output.FlushAsync(_ended.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            throw new IOException("The tunnel is gone.", e);
        }
    }

    private async Task TakeAsync(FrameHeader frame, ReadOnlyMemory<byte> payload)
    {
        switch (frame.Kind)
        {
            case FrameKind.Ready:
                if (!_ready.TrySetResult())
                    throw new TunnelException("ready twice");
                break;
            case FrameKind.Open:
                Accept(frame.Connection);
                break;
            default:
                // One that we closed may still be spoken to; one that never was may not.
                if (Find(frame.Connection) is { } connection)
                    await connection.TakeAsync(frame.Kind, payload);
                break;
        }
    }

    private TunnelConnection? Find(uint id)
    {
        lock (_connections)
        {
            if (id == 0 || id > _last)
                throw new TunnelException($"a frame for connection {id}, which was never opened");
            return _connections.GetValueOrDefault(id);
        }
    }

    private void Accept(uint id)
    {
        if (accept is null)
            throw new TunnelException("only the other side opens connections");
        TunnelConnection connection;
        bool refused;
        lock (_connections)
        {
            if (id <= _last)
                throw new TunnelException($"connection {id} opened after {_last}");
            _last = id;
            connection = new TunnelConnection(this, id);
            refused = _connections.Count >= mostConnections;
            if (!refused)
                _connections[id] = connection;
        }
        if (refused && Interlocked.Increment(ref _refusals) > MostRefusals)
            throw new TunnelException($"more than {MostRefusals} connections at once");
        _ = refused ? RefuseAsync(id) : accept(connection);
    }

    private async Task RefuseAsync(uint id)
    {
        try
        {
            await SendAsync(FrameKind.Close, id, default, _ended.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // Then there is nobody to tell.
        }
        Interlocked.Decrement(ref _refusals);
    }
}
