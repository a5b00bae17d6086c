namespace ClawCi.Mcp;

/// <summary>A server's output to read, counted, and its input to write. It ends where the server breaks the rules.</summary>
internal sealed class McpStream(Stream inner, McpMeter meter) : Stream
{
    private long _line;

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = meter.Violation is null ? await inner.ReadAsync(buffer, cancellationToken) : 0;
        Count(buffer.Span[..read]);
        return meter.Violation is null ? read : 0;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private void Count(ReadOnlySpan<byte> bytes)
    {
        var lastEnd = bytes.LastIndexOf((byte)'\n');
        var longest = Math.Max(_line + bytes.IndexOf((byte)'\n'), lastEnd);
        _line = lastEnd < 0 ? _line + bytes.Length : bytes.Length - lastEnd - 1;
        if (bytes.Length > 0)
            meter.Count(bytes.Length, Math.Max(longest, _line), bytes.Count((byte)'\n'));
    }
}
