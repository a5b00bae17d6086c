using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;

namespace ClawCi.Sandboxes.Workspaces;

/// <summary>Delivers a change set into the checkout that it was made from. The index is never touched.</summary>
internal static class Applier
{
    private const int MaxNamed = 10;

    /// <returns>Null when applied; else, for people, why not. Then the checkout is as it was, unless it says otherwise.</returns>
    /// <param name="begin">Told the name of the directory that holds what an undo needs, before anything is there.</param>
    /// <param name="done">Called when everything is applied, before that directory goes.</param>
    public static async Task<string?> ApplyAsync(
        ChangeSet changes,
        string checkout,
        CancellationToken ct,
        Action<string>? begin = null,
        Action? done = null
    )
    {
        var aside = ApplyJournal.NewDirectory();
        begin?.Invoke(aside);
        return await ChangeSetApplier.ApplyAsync(changes, checkout, ct, aside, done) switch
        {
            ApplyResult.Mismatch mismatch => Name(mismatch.Conflicts),
            ApplyResult.Failed { Leftover: { } directory } failed =>
                $"{failed.Reason}; not everything could be put back, see {directory}/journal for what the old files in it were",
            ApplyResult.Failed failed => failed.Reason,
            _ => null,
        };
    }

    /// <summary>Undoes what a killed run had applied before it was done.</summary>
    /// <returns>Null when the checkout is as it was; else, for people, what is in the way.</returns>
    public static string? Undo(string checkout, string directory)
    {
        using var root = Tree.OpenRoot(checkout);
        return ApplyJournal.Recover(root, directory) is { Count: > 0 } problems
            ? string.Join(", ", problems.Take(MaxNamed))
            : null;
    }

    /// <summary>Removes what is left of an apply that was done.</summary>
    public static void Clear(string checkout, string directory)
    {
        using var root = Tree.OpenRoot(checkout);
        ApplyJournal.Clear(root, directory);
    }

    private static string Name(IReadOnlyList<ApplyConflict> conflicts)
    {
        var named = string.Join(
            ", ",
            conflicts.Take(MaxNamed).Select(conflict => $"{conflict.Path} {conflict.Problem}")
        );
        return conflicts.Count > MaxNamed ? $"{named} and {conflicts.Count - MaxNamed} more" : named;
    }
}
