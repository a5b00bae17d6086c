using ClawCi.Shared;

namespace ClawCi.Mcp;

/// <summary>A server's output to read, counted, and its input to write. It ends where the server breaks the rules.</summary>
internal sealed class McpStream(Stream inner, McpMeter meter) : AsyncStream
{
    private long _line;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = meter.Violation is null ? await inner.ReadAsync(buffer, cancellationToken) : 0;
        Count(buffer.Span[..read]);
        return meter.Violation is null ? read : 0;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

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
