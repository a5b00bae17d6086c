namespace ClawCi.Artifacts.HtmlReport;

/// <summary>What a task had cost, over its time.</summary>
/// <param name="gap">Of points closer together than so many milliseconds the last is kept.</param>
internal sealed class CostCurve(long gap)
{
    private readonly List<(long At, decimal Usd)> _points = [];
    private long _group;

    public IReadOnlyList<(long At, decimal Usd)> Points => _points;

    public decimal Total => _points is [.., var last] ? last.Usd : 0;

    public void Add(long at, decimal usd)
    {
        if (_points.Count > 0 && at - _group < gap)
        {
            _points[^1] = (at, usd);
            return;
        }
        _group = at;
        _points.Add((at, usd));
    }
}
