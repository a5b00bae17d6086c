using ClawCi.Models.Wire;

namespace ClawCi.Models.Scripted;

/// <summary>How the body of a scripted reply ends.</summary>
internal enum BodyEnd
{
    Whole,

    /// <summary>The connection is lost.</summary>
    Cut,

    /// <summary>Nothing more comes.</summary>
    Stalled,
}

/// <summary>A body that comes in given chunks, one a read, and ends as it is told to.</summary>
internal sealed class ScriptedBody(IEnumerable<byte[]> chunks, BodyEnd end, TimeProvider time) : BodyStream
{
    /// <summary>Longer than anybody waits.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromDays(1);

    private readonly IEnumerator<byte[]> _chunks = chunks.GetEnumerator();
    private ReadOnlyMemory<byte> _current;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_current.IsEmpty)
        {
            if (_chunks.MoveNext())
                _current = _chunks.Current;
            else if (end is BodyEnd.Whole)
                return 0;
            else if (end is BodyEnd.Cut)
                throw new IOException("The script cuts the connection.");
            else
                await Task.Delay(Silence, time, cancellationToken);
        }
        var length = Math.Min(buffer.Length, _current.Length);
        _current[..length].CopyTo(buffer);
        _current = _current[length..];
        return length;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _chunks.Dispose();
        base.Dispose(disposing);
    }
}
