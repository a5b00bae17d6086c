namespace ClawCi.Runs.Planning;

/// <summary>Which part of a run's tasks a process does: <c>2/3</c> is the second of three.</summary>
/// <param name="Index">From 1.</param>
internal sealed record Shard(int Index, int Count)
{
    public const int Most = 10_000;

    /// <summary>
    /// The shard of each task, by its id: decided by the ids alone, so that every shard comes to the same by itself. The numbers of
    /// tasks differ by one at most.
    /// </summary>
    public static IReadOnlyDictionary<string, int> Split(IEnumerable<string> ids, int count) =>
        ids.Order(StringComparer.Ordinal)
            .Select((id, at) => (id, at))
            .ToDictionary(task => task.id, task => (task.at % count) + 1);

    public override string ToString() => $"{Index}/{Count}";
}
