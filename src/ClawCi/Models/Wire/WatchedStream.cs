namespace ClawCi.Models.Wire;

/// <summary>
/// A reply's body, guarded: silence, loss, excess become <see cref="ModelException"/>s. Nobody else reads the
/// clock or the size of a reply.
/// </summary>
/// <remarks>
/// What a reply can take of memory follows from its size on the wire: about six times as much, were all of it text.
/// </remarks>
internal sealed class WatchedStream(Stream inner, string where, TimeSpan silence, TimeProvider time) : BodyStream
{
    /// <summary>No request asks for more than 32 000 tokens; were each an event of its own, it could have 500 bytes.</summary>
    private const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>The last event of a reply may repeat all of it: 250 bytes a token, which is as long as tokens are.</summary>
    private const int MaxEventBytes = 8 * 1024 * 1024;

    private readonly CancellationTokenSource _silence = new(Timeout.InfiniteTimeSpan, time);
    private CancellationTokenSource? _either;
    private CancellationToken _caller;
    private int _bytes;
    private int _eventBytes;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var either = EitherOf(cancellationToken);
        _silence.CancelAfter(silence);
        try
        {
            var read = await inner.ReadAsync(buffer, either);
            Count(read);
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

    /// <summary>To be told of each event that was read: what comes now belongs to the next.</summary>
    public void EndEvent() => _eventBytes = 0;

    private void Count(int read)
    {
        _bytes += read;
        _eventBytes += read;
        if (_bytes > MaxBytes)
            throw TooLarge("the reply", MaxBytes);
        if (_eventBytes > MaxEventBytes)
            throw TooLarge("an event of the reply", MaxEventBytes);
    }

    private ModelException TooLarge(string what, int most) =>
        new(ModelFailure.ReplyTooLarge, $"{where}: {what} did not end within {most >> 20} MiB; none is so long");

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
}
