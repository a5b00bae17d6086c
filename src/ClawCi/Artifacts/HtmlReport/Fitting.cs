namespace ClawCi.Artifacts.HtmlReport;

/// <summary>Keeps a list within a length, whatever is in it, and says what was left out.</summary>
internal static class Fitting
{
    /// <summary>The first pieces that fit, then <paramref name="rest"/> with how many did not.</summary>
    /// <param name="most">In bytes.</param>
    /// <param name="dropped">How many pieces there were besides.</param>
    public static IEnumerable<Html> Of(IEnumerable<Html> pieces, int most, Func<int, Html> rest, int dropped = 0)
    {
        var (used, left) = (0, dropped);
        foreach (var piece in pieces)
        {
            used += piece.Bytes;
            if (used <= most)
                yield return piece;
            else
                left++;
        }
        if (left > 0)
            yield return rest(left);
    }

    /// <summary>The start of a sequence within a third of the length and its end within two, and what was left out between.</summary>
    public static IEnumerable<Html> Ends(IEnumerable<Html> pieces, int most, Func<int, Html> between)
    {
        var (headLeft, tailLeft, leftOut) = (most / 3, most - (most / 3), 0);
        var tail = new Queue<Html>();
        foreach (var piece in pieces)
        {
            if (tail.Count == 0 && leftOut == 0 && piece.Bytes <= headLeft)
            {
                headLeft -= piece.Bytes;
                yield return piece;
                continue;
            }
            tail.Enqueue(piece);
            tailLeft -= piece.Bytes;
            while (tailLeft < 0)
            {
                tailLeft += tail.Dequeue().Bytes;
                leftOut++;
            }
        }
        if (leftOut > 0)
            yield return between(leftOut);
        foreach (var piece in tail)
            yield return piece;
    }
}
