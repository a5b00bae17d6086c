using System.Collections;

namespace ClawCi.Artifacts;

/// <summary>The first so many of what was added, and how many there were: a report's memory and length do not depend on what a run did.</summary>
internal sealed class CappedList<T>(int most) : IEnumerable<T>
{
    private readonly List<T> _items = [];

    /// <summary>Of all that were added.</summary>
    public int Count { get; private set; }

    /// <summary>How many were not kept.</summary>
    public int Dropped => Count - _items.Count;

    public void Add(T item)
    {
        if (Count++ < most)
            _items.Add(item);
    }

    public IEnumerator<T> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
