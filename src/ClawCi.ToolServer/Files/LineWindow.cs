using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ToolServer.Files;

/// <summary>Some lines of a file, read in fixed memory whatever the file's size.</summary>
internal sealed class LineWindow
{
    private const int MaxLineBytes = 2000;
    private const int BufferBytes = 64 * 1024;

    private readonly List<string> _lines = [];
    private readonly byte[] _line = new byte[MaxLineBytes];
    private int _room;
    private long _lineLength;
    private byte _lastByte;

    private LineWindow(int room) => _room = room;

    /// <summary>Without line endings; lines too long end in a notice.</summary>
    public IReadOnlyList<string> Lines => _lines;

    public long TotalLines { get; private set; }

    public bool WasCut { get; private set; }

    public bool IsBinary { get; private set; }

    /// <param name="first">Counted from 1.</param>
    /// <param name="maxBytes">The first line is taken even when it is longer.</param>
    public static LineWindow Read(SafeFileHandle file, int first, int count, int maxBytes, CancellationToken ct)
    {
        var window = new LineWindow(maxBytes);
        var buffer = new byte[BufferBytes];
        long position = 0;
        while (RandomAccess.Read(file, buffer, position) is > 0 and var read)
        {
            ct.ThrowIfCancellationRequested();
            var bytes = buffer.AsSpan(0, read);
            if (position == 0 && FileContent.IsBinary(bytes))
            {
                window.IsBinary = true;
                return window;
            }
            window.Take(position == 0 && bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[3..] : bytes, first, count);
            position += read;
        }
        if (window._lineLength > 0)
            window.EndLine(first, count);
        return window;
    }

    private void Take(ReadOnlySpan<byte> bytes, int first, int count)
    {
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            var part = end < 0 ? bytes : bytes[..end];
            if (_lineLength < MaxLineBytes)
            {
                var kept = part[..(int)Math.Min(part.Length, MaxLineBytes - _lineLength)];
                kept.CopyTo(_line.AsSpan((int)_lineLength));
            }
            _lineLength += part.Length;
            if (!part.IsEmpty)
                _lastByte = part[^1];
            if (end < 0)
                return;
            EndLine(first, count);
            bytes = bytes[(end + 1)..];
        }
    }

    private void EndLine(int first, int count)
    {
        TotalLines++;
        if (TotalLines >= first && _lines.Count < count && TotalLines == first + _lines.Count)
            Keep();
        (_lineLength, _lastByte) = (0, 0);
    }

    private void Keep()
    {
        var length = _lastByte == '\r' ? _lineLength - 1 : _lineLength;
        var kept = (int)Math.Min(length, MaxLineBytes);
        var text = Encoding.UTF8.GetString(_line, 0, kept);
        if (kept < length)
        {
            text += $"[… {length - kept} bytes of this line left out]";
            WasCut = true;
        }
        if (text.Length > _room && _lines.Count > 0)
        {
            // Full: no later line may slip in.
            _room = -1;
            return;
        }
        if (_room < 0)
            return;
        _room -= text.Length;
        _lines.Add(text);
    }
}
