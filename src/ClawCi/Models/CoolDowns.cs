using System.Collections.Concurrent;

namespace ClawCi.Models;

/// <summary>The cool-downs of a run: one for each endpoint.</summary>
internal sealed class CoolDowns(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, CoolDown> _all = new();

    /// <param name="endpoint">What is limited together: a provider's address, or a script.</param>
    public CoolDown Of(string endpoint) => _all.GetOrAdd(endpoint, _ => new CoolDown(time));
}
