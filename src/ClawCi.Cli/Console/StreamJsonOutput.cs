using System.Text;

namespace ClawCi.Cli.Console;

/// <summary>
/// Stdout as the mirror of a transcript: each line as it is in the file, but for <c>##</c>, which older workflow
/// commands begin with and which in JSON can be written as an escape.
/// </summary>
internal sealed class StreamJsonOutput(Stream stdout) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <param name="buffer">One whole line.</param>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.IndexOf("##"u8) < 0)
            stdout.Write(buffer);
        else
            stdout.Write(
                Encoding.UTF8.GetBytes(
                    Encoding.UTF8.GetString(buffer).Replace("##", @"#\u0023", StringComparison.Ordinal)
                )
            );
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => stdout.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
