namespace ClawCi.ChangeSets;

/// <summary>Paths, sorted: which of them lie above or below a path.</summary>
internal sealed class PathSet
{
    private static readonly Comparer<byte[]> Order = Comparer<byte[]>.Create((a, b) => ChangePath.Compare(a, b));

    private readonly List<byte[]> _paths;

    public PathSet(IEnumerable<byte[]> paths)
    {
        _paths = [.. paths];
        _paths.Sort(Order);
    }

    public bool Contains(byte[] path) => _paths.BinarySearch(path, Order) >= 0;

    /// <summary>Whether a path of the set lies in the directory <paramref name="path"/>.</summary>
    public bool HasBelow(byte[] path)
    {
        var index = _paths.BinarySearch(path, Order);
        // What lies below a path follows it at once in this order.
        var next = index < 0 ? ~index : index + 1;
        return next < _paths.Count && ChangePath.IsBelow(_paths[next], path);
    }

    /// <summary>Whether a path of the set is a directory that <paramref name="path"/> lies in.</summary>
    public bool HasAbove(byte[] path)
    {
        for (var parent = ChangePath.Parent(path); !parent.IsEmpty; parent = ChangePath.Parent(parent))
        {
            if (Contains(parent.ToArray()))
                return true;
        }
        return false;
    }
}
