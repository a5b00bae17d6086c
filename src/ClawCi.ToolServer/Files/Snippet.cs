using System.Globalization;
using System.Text;

namespace ClawCi.ToolServer.Files;

/// <summary>A few numbered lines, for answers.</summary>
internal static class Snippet
{
    private const int Context = 3;
    private const int MaxLines = 30;
    private const int MaxLineLength = 300;

    /// <summary>The lines that a range of bytes lies on, and some around them.</summary>
    public static string Around(ReadOnlySpan<byte> content, int start, int length)
    {
        var first = content[..start].Count((byte)'\n');
        var last = first + content.Slice(start, length).Count((byte)'\n');
        var lines = Encoding.UTF8.GetString(content).Split('\n');
        // What follows the last line break is no line.
        var count = lines[^1].Length == 0 ? lines.Length - 1 : lines.Length;
        return Numbered(lines.AsSpan(0, count), first - Context, last + Context + 1);
    }

    /// <param name="from">Counted from 0; what lies outside is passed over.</param>
    /// <param name="to">Exclusive.</param>
    public static string Numbered(ReadOnlySpan<string> lines, int from, int to)
    {
        var text = new StringBuilder();
        (from, to) = (Math.Max(from, 0), Math.Min(to, lines.Length));
        for (var i = from; i < to; i++)
        {
            if (to - from > MaxLines && i == from + MaxLines / 2)
            {
                var skipped = to - from - MaxLines;
                text.Append(CultureInfo.InvariantCulture, $"[… {skipped} lines]\n");
                i += skipped;
            }
            text.Append(CultureInfo.InvariantCulture, $"{i + 1, 6}\t{Cut(lines[i].TrimEnd('\r'))}\n");
        }
        return text.ToString();
    }

    public static string Cut(string line) =>
        line.Length <= MaxLineLength ? line : $"{line.AsSpan(0, MaxLineLength)}[… {line.Length - MaxLineLength} more]";
}
