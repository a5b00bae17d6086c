using ClawCi.ChangeSets;

namespace ClawCi.Sandboxes.Workspaces;

/// <summary>Delivers a change set into the checkout that it was made from. The index is never touched.</summary>
internal static class Applier
{
    private const int MaxNamed = 10;

    /// <returns>Null when applied; else, for people, why not. Then the checkout is as it was, unless it says otherwise.</returns>
    public static async Task<string?> ApplyAsync(ChangeSet changes, string checkout, CancellationToken ct) =>
        await ChangeSetApplier.ApplyAsync(changes, checkout, ct) switch
        {
            ApplyResult.Mismatch mismatch => Name(mismatch.Conflicts),
            ApplyResult.Failed { Leftover: { } directory } failed =>
                $"{failed.Reason}; not everything could be put back, see {directory}/journal for what the old files in it were",
            ApplyResult.Failed failed => failed.Reason,
            _ => null,
        };

    private static string Name(IReadOnlyList<ApplyConflict> conflicts)
    {
        var named = string.Join(
            ", ",
            conflicts.Take(MaxNamed).Select(conflict => $"{conflict.Path} {conflict.Problem}")
        );
        return conflicts.Count > MaxNamed ? $"{named} and {conflicts.Count - MaxNamed} more" : named;
    }
}
