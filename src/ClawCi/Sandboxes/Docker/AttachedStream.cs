using System.Runtime.InteropServices;
using ClawCi.Shared;
using Docker.DotNet;

namespace ClawCi.Sandboxes.Docker;

/// <summary>
/// A container's stdout to read and its stdin to write, as one stream; its stderr is kept aside, the last of it.
/// What comes out of it is hostile: a line may not be longer than <paramref name="longestLine"/>.
/// </summary>
/// <param name="onEnd">Called once, when nothing more can come.</param>
internal sealed class AttachedStream(MultiplexedStream stream, long longestLine, Action onEnd) : AsyncStream
{
    private const int MostHeldBack = 64 << 10;
    private readonly TailBuffer _errors = new();
    private readonly MemoryStream _outgoing = new();
    private byte[] _spare = [];
    private long _line;
    private int _ended;

    /// <summary>The last of what was written to stderr, for diagnosis only.</summary>
    public string Errors => _errors.ToString();

    /// <summary>What the container said that nothing of ours says; null while it kept to the rules.</summary>
    public string? Violation { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return 0;
        if (!MemoryMarshal.TryGetArray<byte>(buffer, out var target))
            target = Spare(buffer.Length);
        try
        {
            while (true)
            {
                var read = await stream.ReadOutputAsync(target.Array!, target.Offset, target.Count, cancellationToken);
                if (read.EOF)
                {
                    End();
                    return 0;
                }
                var bytes = target.AsMemory(0, read.Count);
                if (read.Target == MultiplexedStream.TargetStream.StandardError)
                {
                    _errors.Append(bytes.Span);
                    continue;
                }
                Measure(bytes.Span);
                if (target.Array == _spare)
                    bytes.CopyTo(buffer);
                return read.Count;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            End();
            throw;
        }
    }

    /// <summary>A message and its line end come as two writes; they leave as one.</summary>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _outgoing.Write(buffer.Span);
        return _outgoing.Length < MostHeldBack ? ValueTask.CompletedTask : new ValueTask(FlushAsync(cancellationToken));
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_outgoing.Length == 0)
            return;
        await stream.WriteAsync(_outgoing.GetBuffer(), 0, (int)_outgoing.Length, cancellationToken);
        _outgoing.SetLength(0);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            stream.Dispose();
            _outgoing.Dispose();
        }
        base.Dispose(disposing);
    }

    private ArraySegment<byte> Spare(int length)
    {
        if (_spare.Length < length)
            _spare = new byte[length];
        return new ArraySegment<byte>(_spare, 0, length);
    }

    private void Measure(ReadOnlySpan<byte> bytes)
    {
        var lastEnd = bytes.LastIndexOf((byte)'\n');
        _line = lastEnd < 0 ? _line + bytes.Length : bytes.Length - lastEnd - 1;
        if (_line <= longestLine)
            return;
        Violation = $"it wrote a line of more than {longestLine} bytes";
        throw new IOException(Violation);
    }

    private void End()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
            onEnd();
    }
}
