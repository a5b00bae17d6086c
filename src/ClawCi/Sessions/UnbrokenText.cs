using System.Text;

namespace ClawCi.Sessions;

/// <summary>
/// A text without line breaks, so that what a tool wrapped at some column is found whole: also without the <c>\n</c> of
/// an encoded string, and without the zeros of UTF-16 that was read as bytes.
/// </summary>
internal sealed class UnbrokenText
{
    private static readonly System.Buffers.SearchValues<char> Breaks = System.Buffers.SearchValues.Create("\r\n\0\\");

    /// <summary>Where characters were left out: the index in the unbroken text, and how many so far.</summary>
    private readonly List<(int At, int LeftOut)> _gaps = [];

    private UnbrokenText(string text) => Text = text;

    public string Text { get; private set; }

    public static UnbrokenText AsItIs(string text) => new(text);

    public static UnbrokenText Of(string text)
    {
        var unbroken = new UnbrokenText(text);
        if (text.AsSpan().ContainsAny(Breaks))
            unbroken.Close();
        return unbroken;
    }

    /// <summary>What a stretch of <see cref="Text"/> was in the text as it came.</summary>
    public FoundSecret Original(int start, int length, string kind) =>
        new(start + LeftOutBefore(start), start + length + LeftOutBefore(start + length - 1), kind);

    private void Close()
    {
        var rest = Text.AsSpan();
        var closed = new StringBuilder(rest.Length);
        var leftOut = 0;
        while (rest.IndexOfAny(Breaks) is >= 0 and var at)
        {
            var gap = GapAt(rest[at..]);
            closed.Append(rest[..(gap == 0 ? at + 1 : at)]);
            rest = rest[(at + Math.Max(gap, 1))..];
            if (gap == 0)
                continue;
            leftOut += gap;
            _gaps.Add((closed.Length, leftOut));
        }
        Text = closed.Append(rest).ToString();
    }

    private static int GapAt(ReadOnlySpan<char> text) =>
        text switch
        {
            ['\\', 'n' or 'r', ..] => 2,
            ['\\', ..] => 0,
            _ => 1,
        };

    private int LeftOutBefore(int at)
    {
        var (low, high) = (0, _gaps.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_gaps[middle].At <= at)
                low = middle + 1;
            else
                high = middle;
        }
        return low == 0 ? 0 : _gaps[low - 1].LeftOut;
    }
}
