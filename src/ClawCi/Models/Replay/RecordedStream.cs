using ClawCi.Models.Wire;

namespace ClawCi.Models.Replay;

/// <summary>A reply's body on its way to the client; tells what came of it once it has ended.</summary>
/// <param name="end">The bytes, and whether the connection was lost before their end.</param>
internal sealed class RecordedStream(Stream inner, Action<byte[], bool> end) : BodyStream
{
    private readonly MemoryStream _seen = new();
    private bool _ended;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            _seen.Write(buffer.Span[..read]);
            if (read == 0)
                End(isCut: false);
            return read;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            End(isCut: true);
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // A client that has seen the end of the message need not wait for that of the stream.
            End(isCut: false);
            inner.Dispose();
        }
        base.Dispose(disposing);
    }

    private void End(bool isCut)
    {
        if (!_ended)
            end(_seen.ToArray(), isCut);
        _ended = true;
    }
}
