namespace ClawCi.ChangeSets;

/// <summary>Refuses paths out of order, twice, and files that would lie below other files of the same state.</summary>
internal sealed class EntryOrder
{
    private readonly Stack<(byte[] Path, bool Old, bool New)> _above = new();
    private byte[] _last = [];

    /// <summary>What is wrong with this entry as the next one, or null.</summary>
    public string? Fault(byte[] path, bool old, bool @new)
    {
        if (ChangePath.Compare(path, _last) <= 0)
            return "paths twice or out of order";
        _last = path;
        while (_above.Count > 0 && !ChangePath.IsBelow(path, _above.Peek().Path))
            _above.Pop();
        if (_above.Any(file => (file.Old && old) || (file.New && @new)))
            return "a file below a file";
        _above.Push((path, old, @new));
        return null;
    }
}
