namespace ClawCi.Mcp;

/// <summary>
/// A server's output to read and its input to write. What it says is counted: a message may be so long, and between two
/// of our requests there may come so much. One that says more is not listened to any longer.
/// </summary>
internal sealed class McpStream(Stream inner) : Stream
{
    private long _line;
    private long _bytes;
    private long _messages;

    /// <summary>What the server did that none of sense does; null while it kept to the rules.</summary>
    public string? Violation { get; private set; }

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Something is asked for, so something may come.</summary>
    public void Ask()
    {
        Interlocked.Exchange(ref _bytes, 0);
        Interlocked.Exchange(ref _messages, 0);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = Violation is null ? await inner.ReadAsync(buffer, cancellationToken) : 0;
        Count(buffer.Span[..read]);
        return Violation is null ? read : 0;
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

    private void Count(ReadOnlySpan<byte> bytes)
    {
        var lastEnd = bytes.LastIndexOf((byte)'\n');
        _line = lastEnd < 0 ? _line + bytes.Length : bytes.Length - lastEnd - 1;
        if (Math.Max(_line, lastEnd) > McpLimits.LongestMessage)
            Violation = $"it sent a message of more than {McpLimits.LongestMessage >> 20} MiB";
        else if (Interlocked.Add(ref _bytes, bytes.Length) > McpLimits.MostBytesUnasked)
            Violation = $"it sent more than {McpLimits.MostBytesUnasked >> 20} MiB that nobody asked for";
        else if (Interlocked.Add(ref _messages, bytes.Count((byte)'\n')) > McpLimits.MostMessagesUnasked)
            Violation = $"it sent more than {McpLimits.MostMessagesUnasked} messages that nobody asked for";
    }
}
