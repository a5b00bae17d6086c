namespace ClawCi.Publishing;

/// <summary>How many more requests for review may be opened in a repository: reviewers are people. The platform is asked, once.</summary>
/// <param name="branches">Branches under the prefix, which are what can be counted where nobody reviews.</param>
internal sealed class OpeningRate(PublishPlan plan, IForge? forge, int branches, TimeProvider time)
{
    private int? _open;
    private int? _recent;

    /// <returns>The bound that is reached, in words; null when one more may be opened.</returns>
    public async Task<string?> ReachedAsync(CancellationToken ct)
    {
        if (plan.MaxOpen is { } mostOpen)
        {
            _open ??= forge is null ? branches : await forge.CountOpenAsync(plan.BranchPrefix, ct);
            if (_open >= mostOpen)
                return forge is null
                    ? $"{_open} branches {plan.BranchPrefix}… are there, and --max-open is {mostOpen}"
                    : $"{_open} {forge.Noun}s of claw-ci are open, and --max-open is {mostOpen}";
        }
        if (plan.MaxPerHour is { } mostRecent && forge is not null)
        {
            _recent ??= await forge.CountSinceAsync(plan.BranchPrefix, time.GetUtcNow().AddHours(-1), ct);
            if (_recent >= mostRecent)
                return $"{_recent} {forge.Noun}s were opened within an hour, and --max-per-hour is {mostRecent}";
        }
        return null;
    }

    public void Opened() => (_open, _recent) = (_open + 1, _recent + 1);
}
