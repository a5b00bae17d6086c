using System.Text.Json;
using ClawCi.ChangeSets;
using ClawCi.Events;
using ClawCi.Sandboxes.Workspaces;

namespace ClawCi.Runs;

/// <summary>What became of a task's changes.</summary>
/// <param name="Changes">Null when they could not be read.</param>
/// <param name="Applied">A word of <see cref="TaskEnded.Applied"/>.</param>
internal sealed record Delivery(ChangeSummary? Changes, string Applied)
{
    public static readonly Delivery Nothing = new(null, "nothing");

    /// <summary>Patch, gates, outcome, apply: in this order.</summary>
    public static async Task<Delivery> MakeAsync(
        PlannedTask task,
        ChangeSet changes,
        TaskDirectory directory,
        Verdict verdict,
        IRunObserver events,
        CancellationToken cancellationToken
    )
    {
        var gate = ProtectedGate.Of(changes, task.ProtectedPaths);
        Enforce(gate, verdict, events);
        using var delivered = changes.Without(entry =>
            gate.OnChange == ProtectedChange.Restore && task.ProtectedPaths.Matches(entry.DisplayPath)
        );
        var summary = await WritePatchAsync(delivered, directory, events, cancellationToken);
        if (delivered.IsEmpty)
        {
            if (task.ExpectChanges)
                verdict.Add(NoChanges(summary));
            return new Delivery(summary, "nothing");
        }
        return new Delivery(summary, await ApplyAsync(task, delivered, verdict, events));
    }

    private static void Enforce(ProtectedGate gate, Verdict verdict, IRunObserver events)
    {
        if (gate.Paths.Count == 0)
            return;
        var paths = string.Join(", ", gate.Paths);
        switch (gate.OnChange)
        {
            case ProtectedChange.Block:
                verdict.Add(new(Outcome.GateBlocked, "protected-path", $"Protected paths were changed: {paths}."));
                break;
            case ProtectedChange.Restore:
                events.On(new Warned($"Changes to protected paths are left out of the patch: {paths}."));
                break;
            case ProtectedChange.Review:
                events.On(new Warned($"Review with care: protected paths were changed: {paths}."));
                break;
        }
    }

    private static async Task<ChangeSummary> WritePatchAsync(
        ChangeSet changes,
        TaskDirectory directory,
        IRunObserver events,
        CancellationToken cancellationToken
    )
    {
        var skipped = changes.Skipped.Select(skip => new SkippedChange(skip.DisplayPath, Kebab(skip.Reason))).ToList();
        if (changes.IsEmpty)
            return new ChangeSummary(0, 0, 0, 0, skipped);
        var patch = await PatchWriter.WriteAsync(changes, directory.Patch, cancellationToken);
        foreach (var file in patch.Files)
            events.On(new FileChanged(file.Path, file.Kind, file.Additions, file.Deletions));
        return new ChangeSummary(
            patch.Files.Count,
            patch.Files.Sum(file => file.Additions ?? 0),
            patch.Files.Sum(file => file.Deletions ?? 0),
            patch.Bytes,
            skipped
        );
    }

    private static string Kebab(SkipReason reason) => JsonNamingPolicy.KebabCaseLower.ConvertName(reason.ToString());

    private static Finding NoChanges(ChangeSummary summary) =>
        new(
            Outcome.NoChanges,
            "no-changes",
            summary.Skipped.Count == 0
                ? "The task expects changes and the model made none."
                : $"The task expects changes; all {summary.Skipped.Count} that were made cannot be in a patch."
        );

    private static async Task<string> ApplyAsync(
        PlannedTask task,
        ChangeSet changes,
        Verdict verdict,
        IRunObserver events
    )
    {
        var wanted = task.Apply switch
        {
            ApplyMode.Always => !verdict.Has(Outcome.GateBlocked) && !verdict.Has(Outcome.Interrupted),
            ApplyMode.OnSuccess => verdict.Decision.Outcome == Outcome.Success,
            _ => false,
        };
        if (!wanted)
            return "not-applied";
        // Not cancellable: half a patch in the checkout would be worse than a few milliseconds more.
        var conflict = await Applier.ApplyAsync(changes, task.Checkout, CancellationToken.None);
        if (conflict is null)
            return "applied";
        verdict.Add(
            new(
                Outcome.ApplyFailed,
                "conflict",
                $"Nothing was applied to the checkout: {conflict}. The patch is in {TaskDirectory.PatchName}."
            )
        );
        events.On(new Failed(verdict.Decision.Message));
        return "failed";
    }
}
