using ClawCi.ChangeSets.Posix;
using ClawCi.Shared;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ToolServer.Walk;

/// <summary>A directory that is being walked: open on the sides that have it.</summary>
internal sealed class WalkDirectory : IDisposable
{
    private const int MaxNames = 1_000_000;

    private readonly List<byte[]> _lowerNames;
    private readonly List<byte[]> _mergedNames;
    private readonly List<byte[]>? _upperNames;
    private int _lower;
    private int _merged;
    private int _upper;

    /// <param name="upper">Null compares every name.</param>
    public WalkDirectory(
        byte[] path,
        int depth,
        SafeFileHandle? lower,
        SafeFileHandle? merged,
        SafeFileHandle? upper,
        IgnoreRules ignores,
        byte[]? ignored = null
    )
    {
        (Path, Depth, Lower, Merged, Upper) = (path, depth, lower, merged, upper);
        (Ignores, Ignored) = (ignores, ignored);
        _lowerNames = lower is null ? [] : Tree.List(lower, MaxNames);
        _mergedNames = merged is null ? [] : Tree.List(merged, MaxNames);
        _upperNames = upper is null ? null : Tree.List(upper, MaxNames);
        LowerChanged = lower is null ? 0 : Tree.Status(lower).Changed;
    }

    public byte[] Path { get; }

    public int Depth { get; }

    public SafeFileHandle? Lower { get; }

    public SafeFileHandle? Merged { get; }

    public SafeFileHandle? Upper { get; }

    public IgnoreRules Ignores { get; }

    /// <summary>The ignored directory that this is in, or is; null in none.</summary>
    public byte[]? Ignored { get; }

    /// <summary>Nanoseconds since 1970.</summary>
    public long LowerChanged { get; }

    /// <summary>Whether this is an empty directory that came, went or became empty: git knows of none.</summary>
    public bool IsEmptiness =>
        Merged is null ? _lowerNames.Count == 0 : _mergedNames.Count == 0 && (Lower is null || _lowerNames.Count > 0);

    /// <summary>The next name that may have changed.</summary>
    public bool TryNext(out byte[] name, out bool inLower, out bool inMerged)
    {
        while (_lower < _lowerNames.Count || _merged < _mergedNames.Count)
        {
            var order =
                _lower == _lowerNames.Count ? 1
                : _merged == _mergedNames.Count ? -1
                : _lowerNames[_lower].AsSpan().SequenceCompareTo(_mergedNames[_merged]);
            (inLower, inMerged) = (order <= 0, order >= 0);
            name = inLower ? _lowerNames[_lower] : _mergedNames[_merged];
            _lower += inLower ? 1 : 0;
            _merged += inMerged ? 1 : 0;
            if (!inLower || !inMerged || IsInUpper(name))
                return true;
        }
        (name, inLower, inMerged) = ([], false, false);
        return false;
    }

    public void Dispose()
    {
        Lower?.Dispose();
        Merged?.Dispose();
        Upper?.Dispose();
    }

    private bool IsInUpper(byte[] name)
    {
        if (_upperNames is null)
            return true;
        while (_upper < _upperNames.Count && _upperNames[_upper].AsSpan().SequenceCompareTo(name) < 0)
            _upper++;
        return _upper < _upperNames.Count && _upperNames[_upper].AsSpan().SequenceEqual(name);
    }
}
