namespace ClawCi.ToolServer.Commands;

/// <summary>The last of an output in fixed memory, read by offset from the output's start.</summary>
internal sealed class OutputWindow(int size)
{
    private byte[] _bytes = [];

    /// <summary>Bytes seen so far.</summary>
    public long End { get; private set; }

    /// <summary>The first offset that can still be read.</summary>
    public long Start => Math.Max(0, End - size);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length == 0)
            _bytes = new byte[size];
        var skipped = Math.Max(0, bytes.Length - size);
        End += skipped;
        bytes = bytes[skipped..];
        while (!bytes.IsEmpty)
        {
            var at = (int)(End % size);
            var taken = Math.Min(size - at, bytes.Length);
            bytes[..taken].CopyTo(_bytes.AsSpan(at));
            End += taken;
            bytes = bytes[taken..];
        }
    }

    /// <param name="offset">Between <see cref="Start"/> and <see cref="End"/>.</param>
    public byte[] Read(long offset, int most)
    {
        var result = new byte[(int)Math.Min(most, End - offset)];
        var at = (int)(offset % size);
        var first = Math.Min(result.Length, _bytes.Length - at);
        _bytes.AsSpan(at, first).CopyTo(result);
        _bytes.AsSpan(0, result.Length - first).CopyTo(result.AsSpan(first));
        return result;
    }
}
