namespace ClawCi.Sessions;

/// <summary>The whole lines of a stream of bytes, one at a time: only the longest has to fit into memory.</summary>
internal sealed class LineReader(Stream stream)
{
    private byte[] _buffer = new byte[64 << 10];
    private int _start;
    private int _end;

    /// <summary>How many bytes follow the last line feed, once all lines are read.</summary>
    public int TornBytes => _end - _start;

    /// <param name="line">Without its line feed; good until the next call.</param>
    /// <returns>False at the end.</returns>
    public bool TryRead(out ReadOnlyMemory<byte> line)
    {
        var searched = 0;
        do
        {
            var unread = _buffer.AsMemory(_start, _end - _start);
            if (unread.Span[searched..].IndexOf((byte)'\n') is >= 0 and var at)
            {
                line = unread[..(searched + at)];
                _start += line.Length + 1;
                return true;
            }
            searched = unread.Length;
        } while (Fill());
        line = default;
        return false;
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }
}
