using System.Text;

namespace ClawCi.Shared;

/// <summary>Keeps the head and the tail of an output in fixed memory, and counts what is left out between them.</summary>
internal sealed class Truncation(int headBytes, int tailBytes)
{
    /// <summary>How far a cut moves to fall between two lines.</summary>
    private const int LineSearch = 1024;

    private readonly byte[] _head = new byte[headBytes];
    private readonly byte[] _tail = new byte[tailBytes];

    /// <summary>Bytes seen, kept or not.</summary>
    public long TotalBytes { get; private set; }

    public bool IsTruncated => TotalBytes > headBytes + tailBytes;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (TotalBytes < headBytes)
        {
            var taken = (int)Math.Min(headBytes - TotalBytes, bytes.Length);
            bytes[..taken].CopyTo(_head.AsSpan((int)TotalBytes));
            TotalBytes += taken;
            bytes = bytes[taken..];
        }
        var skipped = Math.Max(0, bytes.Length - tailBytes);
        TotalBytes += skipped;
        bytes = bytes[skipped..];
        while (!bytes.IsEmpty)
        {
            var at = (int)((TotalBytes - headBytes) % tailBytes);
            var taken = Math.Min(tailBytes - at, bytes.Length);
            bytes[..taken].CopyTo(_tail.AsSpan(at));
            TotalBytes += taken;
            bytes = bytes[taken..];
        }
    }

    /// <summary>What was kept, decoded leniently, with the size of the gap said in its place.</summary>
    /// <param name="remedy">How to get what is left out.</param>
    public string ToText(string remedy)
    {
        var head = _head.AsSpan(0, (int)Math.Min(TotalBytes, headBytes));
        var tailLength = (int)Math.Min(TotalBytes - head.Length, tailBytes);
        var tail = new byte[tailLength];
        var start = IsTruncated ? (int)((TotalBytes - headBytes) % tailBytes) : 0;
        _tail.AsSpan(start, tailLength - start).CopyTo(tail);
        _tail.AsSpan(0, start).CopyTo(tail.AsSpan(tailLength - start));
        if (!IsTruncated)
            return Encoding.UTF8.GetString([.. head, .. tail]);
        var first = CutEnd(head);
        var last = CutStart(tail);
        var gap = TotalBytes - first.Length - last.Length;
        var before = first.EndsWith("\n"u8) ? "" : "\n";
        return $"{Encoding.UTF8.GetString(first)}{before}[… {gap} bytes left out; {remedy} …]\n{Encoding.UTF8.GetString(last)}";
    }

    private static ReadOnlySpan<byte> CutEnd(ReadOnlySpan<byte> head)
    {
        var line = head.LastIndexOf((byte)'\n') + 1;
        if (line > head.Length - LineSearch && line > 0)
            return head[..line];
        // Not through a character: its first byte says how long it is.
        var lead = head.LastIndexOfAnyExceptInRange((byte)0x80, (byte)0xBF);
        var isWhole = lead < 0 || lead + Utf8Length(head[lead]) <= head.Length;
        return isWhole || head.Length - lead > 3 ? head : head[..lead];
    }

    private static ReadOnlySpan<byte> CutStart(ReadOnlySpan<byte> tail)
    {
        var line = tail[..Math.Min(LineSearch, tail.Length)].IndexOf((byte)'\n') + 1;
        if (line > 0)
            return tail[line..];
        var lead = tail.IndexOfAnyExceptInRange((byte)0x80, (byte)0xBF);
        return lead is > 0 and <= 3 ? tail[lead..]
            : lead < 0 && tail.Length <= 3 ? []
            : tail;
    }

    private static int Utf8Length(byte lead) =>
        lead switch
        {
            < 0xC0 => 1,
            < 0xE0 => 2,
            < 0xF0 => 3,
            _ => 4,
        };
}
