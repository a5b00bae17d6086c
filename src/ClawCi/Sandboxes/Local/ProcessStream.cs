#pragma warning disable RS0030 // Of a process that LocalProcess started.
using System.Diagnostics;
using ClawCi.Shared;

namespace ClawCi.Sandboxes.Local;

/// <summary>
/// A process's stdout to read and its stdin to write, as one stream. What comes out is hostile: a line may not be longer
/// than <paramref name="longestLine"/>.
/// </summary>
/// <param name="onEnd">Called once, when nothing more can come.</param>
internal sealed class ProcessStream(Process process, long longestLine, Action onEnd) : AsyncStream
{
    private readonly Stream _input = process.StandardInput.BaseStream;
    private readonly Stream _output = process.StandardOutput.BaseStream;
    private long _line;
    private int _ended;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var read = await _output.ReadAsync(buffer, cancellationToken);
            if (read == 0 && buffer.Length > 0)
                End();
            Measure(buffer.Span[..read]);
            return read;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            End();
            throw;
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _input.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => _input.FlushAsync(cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _input.Dispose();
            _output.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Measure(ReadOnlySpan<byte> bytes)
    {
        var lastEnd = bytes.LastIndexOf((byte)'\n');
        _line = lastEnd < 0 ? _line + bytes.Length : bytes.Length - lastEnd - 1;
        if (_line > longestLine)
            throw new IOException($"The tool server wrote a line of more than {longestLine} bytes.");
    }

    private void End()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
            onEnd();
    }
}
