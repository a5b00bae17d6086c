using ClawCi.Events;

namespace ClawCi.Tools;

/// <summary>What the policy and hooks denied in a task so far, whoever of its agents asked for it. From any thread.</summary>
/// <param name="earlier">Of a run that was killed and goes on.</param>
internal sealed class Denials(IReadOnlyList<PermissionDenial>? earlier = null)
{
    private readonly Lock _lock = new();
    private readonly List<PermissionDenial> _all = [.. earlier ?? []];

    /// <summary>In order, as they are now.</summary>
    public IReadOnlyList<PermissionDenial> All
    {
        get
        {
            lock (_lock)
                return [.. _all];
        }
    }

    public void Add(PermissionDenial denial)
    {
        lock (_lock)
            _all.Add(denial);
    }
}
