namespace ClawCi.Models.Wire;

/// <summary>
/// A reply's body, guarded: silence, loss, excess become <see cref="ModelException"/>s. Nobody else reads the
/// clock or the size of a reply.
/// </summary>
internal sealed class WatchedStream(Stream inner, string where, TimeSpan silence, TimeProvider time) : Stream
{
    /// <summary>Several times the longest reply of a current model, were each of its tokens an event.</summary>
    private const long MaxBytes = 64 * 1024 * 1024;
    private const long MaxLineBytes = 8 * 1024 * 1024;

    private readonly CancellationTokenSource _silence = new(Timeout.InfiniteTimeSpan, time);
    private CancellationTokenSource? _either;
    private CancellationToken _caller;
    private long _bytes;
    private long _lineBytes;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var either = EitherOf(cancellationToken);
        _silence.CancelAfter(silence);
        try
        {
            var read = await inner.ReadAsync(buffer, either);
            Count(buffer.Span[..read]);
            return read;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ModelException(
                ModelFailure.Stalled,
                $"{where}: the reply stalled: nothing came for {silence.TotalSeconds:0.###} s",
                inner: e
            );
        }
        catch (IOException e)
        {
            throw new ModelException(
                ModelFailure.Interrupted,
                $"{where}: the connection was lost in the middle of the reply",
                inner: e
            );
        }
        finally
        {
            _silence.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The caller's token or silence. One for all reads: a reply is read in thousands of pieces.</summary>
    private CancellationToken EitherOf(CancellationToken caller)
    {
        if (_either is null || _caller != caller)
        {
            _either?.Dispose();
            (_either, _caller) = (CancellationTokenSource.CreateLinkedTokenSource(caller, _silence.Token), caller);
        }
        return _either.Token;
    }

    private void Count(ReadOnlySpan<byte> read)
    {
        _bytes += read.Length;
        var newline = read.LastIndexOfAny((byte)'\n', (byte)'\r');
        _lineBytes = newline < 0 ? _lineBytes + read.Length : read.Length - newline - 1;
        if (_bytes > MaxBytes || _lineBytes > MaxLineBytes)
            throw new ModelException(ModelFailure.InvalidReply, $"{where}: the reply is larger than any reply can be");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            _either?.Dispose();
            _silence.Dispose();
        }
        base.Dispose(disposing);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
