namespace ClawCi.Runs.Planning.TaskFiles;

/// <summary>A <c>strategy.matrix</c> as written: names with their values, in the order of the file.</summary>
internal sealed record Matrix(
    IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Axes,
    IReadOnlyList<IReadOnlyDictionary<string, string>> Include,
    IReadOnlyList<IReadOnlyDictionary<string, string>> Exclude
)
{
    /// <summary>What a file without a matrix has: one task.</summary>
    public static readonly Matrix None = new([], [], []);

    private static readonly IReadOnlyDictionary<string, string> Nothing = new OrderedDictionary<string, string>();

    /// <summary>Every name that a combination may have a value for.</summary>
    public IEnumerable<string> Names =>
        Axes.Select(axis => axis.Key).Concat(Include.SelectMany(extra => extra.Keys)).Distinct();

    /// <summary>
    /// The values of each task, as GitHub Actions makes them: every combination but the excluded ones; an include adds to those
    /// whose own values it does not change, and is one more where there is none.
    /// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstrategymatrixinclude
    /// </summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Combinations()
    {
        if (Axes.Count + Include.Count == 0)
            return [Nothing];
        List<OrderedDictionary<string, string>> all =
        [
            .. Product().Where(own => !Exclude.Any(rule => Fits(rule, own))),
        ];
        var original = all.Select(own => new Dictionary<string, string>(own)).ToList();
        foreach (var extra in Include)
        {
            var extended = Enumerable.Range(0, original.Count).Where(i => !Contradicts(extra, original[i])).ToList();
            foreach (var i in extended)
            foreach (var (name, value) in extra)
                all[i][name] = value;
            if (extended.Count == 0)
                all.Add(new(extra));
        }
        return all;
    }

    /// <summary>How many combinations the lists make, before anything is taken away.</summary>
    public long Size =>
        Axes.Count == 0 ? 0 : Axes.Aggregate(1L, (size, axis) => Math.Min(size * axis.Value.Count, int.MaxValue));

    private IEnumerable<OrderedDictionary<string, string>> Product()
    {
        IEnumerable<OrderedDictionary<string, string>> some = Axes.Count == 0 ? [] : [new()];
        foreach (var (name, values) in Axes)
            some = some.SelectMany(own =>
                values.Select(value => new OrderedDictionary<string, string>(own) { [name] = value })
            );
        return some;
    }

    private static bool Fits(IReadOnlyDictionary<string, string> rule, OrderedDictionary<string, string> own) =>
        rule.All(pair => own.TryGetValue(pair.Key, out var value) && value == pair.Value);

    private static bool Contradicts(IReadOnlyDictionary<string, string> extra, Dictionary<string, string> own) =>
        extra.Any(pair => own.TryGetValue(pair.Key, out var value) && value != pair.Value);
}
