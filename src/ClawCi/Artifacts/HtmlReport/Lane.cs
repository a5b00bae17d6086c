namespace ClawCi.Artifacts.HtmlReport;

/// <summary>The stretches of one kind on a timeline, in order.</summary>
/// <param name="gap">What lies no further apart than so many milliseconds is drawn as one: the number of stretches is bounded.</param>
internal sealed class Lane(long gap)
{
    private readonly List<(long Start, long End)> _stretches = [];
    private long _end;

    public IReadOnlyList<(long Start, long End)> Stretches => _stretches;

    /// <summary>What was covered; what overlaps counts once.</summary>
    public long Ms { get; private set; }

    public int Count { get; private set; }

    public void Add(long start, long end)
    {
        Count++;
        Ms += Math.Max(end - Math.Max(start, _end), 0);
        _end = Math.Max(_end, end);
        if (_stretches is [.., var last] && start <= last.End + gap)
            _stretches[^1] = (Math.Min(last.Start, start), Math.Max(last.End, end));
        else
            _stretches.Add((start, end));
    }
}
