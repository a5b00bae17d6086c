using System.Buffers.Text;

namespace ClawCi.ChangeSets.Patches;

/// <summary>Hunks: where they begin and end, and what they make of a file. Nothing is searched for; a hunk fits where it says or not at all.</summary>
internal static class TextPatch
{
    /// <summary>Passes over the hunks that follow.</summary>
    public static void Skip(PatchLines lines)
    {
        while (lines.TryTake("@@ -"u8, out var range))
        {
            var (_, old, _, @new) = Ranges(range) ?? throw lines.Wrong("this is no hunk");
            while (old > 0 || @new > 0)
            {
                var line = lines.Take();
                var kind = line.IsEmpty ? (byte)0 : line[0];
                old -= kind is (byte)' ' or (byte)'-' ? 1 : 0;
                @new -= kind is (byte)' ' or (byte)'+' ? 1 : 0;
                if (old < 0 || @new < 0 || kind is not ((byte)' ' or (byte)'-' or (byte)'+' or (byte)'\\'))
                    throw lines.Wrong("the hunk holds other lines than it counts");
            }
            lines.TryTake("\\"u8, out _);
        }
    }

    /// <exception cref="ChangeSetException">A hunk does not fit.</exception>
    public static byte[] Apply(ReadOnlySpan<byte> old, ReadOnlySpan<byte> hunks, long maxBytes)
    {
        using var result = new MemoryStream();
        var oldLine = 1L;
        while (!hunks.IsEmpty)
        {
            var (start, oldLeft, _, newLeft) = Ranges(Line(ref hunks)[4..]) ?? throw NotThere(oldLine);
            // A hunk without old lines stands behind the line that it names.
            for (var at = start + (oldLeft == 0 ? 1 : 0); oldLine < at; oldLine++)
                result.Write(old.IsEmpty ? throw NotThere(oldLine) : TakeLine(ref old));
            while (oldLeft > 0 || newLeft > 0)
            {
                var line = Line(ref hunks);
                var kind = line[0];
                // Git's remark that the line before has no line feed.
                var text = hunks is [(byte)'\\', ..] ? line[1..^1] : line[1..];
                if (hunks is [(byte)'\\', ..])
                    Line(ref hunks);
                if (kind is (byte)' ' or (byte)'-')
                {
                    if (!TakeLine(ref old).SequenceEqual(text))
                        throw NotThere(oldLine);
                    (oldLine, oldLeft) = (oldLine + 1, oldLeft - 1);
                }
                if (kind is (byte)' ' or (byte)'+')
                {
                    result.Write(text);
                    newLeft--;
                }
                if (result.Length > maxBytes)
                    throw new ChangeSetException("the patch makes a file over the cap");
            }
        }
        result.Write(old);
        return result.ToArray();
    }

    /// <param name="text"><c>12,3 +12,4 @@ heading</c>; a count of one is left out.</param>
    private static (long OldStart, long OldCount, long NewStart, long NewCount)? Ranges(ReadOnlySpan<byte> text) =>
        Range(ref text) is var (oldStart, oldCount)
        && Skip(ref text, " +"u8)
        && Range(ref text) is var (newStart, newCount)
        && text.StartsWith(" @@"u8)
            ? (oldStart, oldCount, newStart, newCount)
            : null;

    private static (long Start, long Count)? Range(ref ReadOnlySpan<byte> text) =>
        Number(ref text) is not { } start ? null
        : !Skip(ref text, ","u8) ? (start, 1)
        : Number(ref text) is { } count ? (start, count)
        : null;

    private static long? Number(ref ReadOnlySpan<byte> text)
    {
        if (!Utf8Parser.TryParse(text, out uint number, out var used))
            return null;
        text = text[used..];
        return number;
    }

    private static bool Skip(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        if (!text.StartsWith(word))
            return false;
        text = text[word.Length..];
        return true;
    }

    /// <summary>Of the hunks, which end with a line feed.</summary>
    private static ReadOnlySpan<byte> Line(ref ReadOnlySpan<byte> hunks) => TakeLine(ref hunks);

    /// <summary>With its line feed, where it has one.</summary>
    private static ReadOnlySpan<byte> TakeLine(ref ReadOnlySpan<byte> text)
    {
        var line = text[..(text.IndexOf((byte)'\n') is >= 0 and var end ? end + 1 : text.Length)];
        text = text[line.Length..];
        return line;
    }

    private static ChangeSetException NotThere(long line) => new($"the patch does not fit at line {line}");
}
