using System.Text.Json;
using ClawCi.ChangeSets;
using ClawCi.Events;
using ClawCi.Runs.Batch;
using ClawCi.Runs.Gates;
using ClawCi.Runs.Planning;
using ClawCi.Sandboxes.Workspaces;
using ClawCi.Sessions;

namespace ClawCi.Runs;

/// <summary>What became of a task's changes.</summary>
/// <param name="Changes">Null when they could not be read.</param>
/// <param name="Applied">A word of <see cref="TaskEnded.Applied"/>.</param>
internal sealed record Delivery(ChangeSummary? Changes, string Applied)
{
    public const string AppliedWord = "applied";

    public static readonly Delivery Nothing = new(null, "nothing");

    /// <summary>Gates, patch, outcome, apply: in this order.</summary>
    /// <param name="made">By the agent, of what it found.</param>
    public static async Task<Delivery> MakeAsync(
        PlannedTask task,
        ChangeSet made,
        TaskDirectory directory,
        SecretMasker masker,
        Verdict verdict,
        IRunObserver events,
        ReportedOutcome? reported,
        ApplyTurn turn,
        TaskClock clock,
        CancellationToken cancellationToken
    )
    {
        var changes = made.OfCheckout;
        var gates = new PatchGates(task.Gates, masker, task.Checkout);
        var judged = gates.Judge(changes);
        if (judged.Blocks)
            verdict.Add(judged.Reason);
        using var delivered = changes.Without(entry => judged.Restores(entry.DisplayPath));
        var summary = judged.Withholds
            ? Withheld(delivered, events)
            : await WritePatchAsync(delivered, directory, events, cancellationToken);
        if (gates.Judge(summary.PatchBytes) is { } tooLarge)
        {
            judged = new([.. judged.Findings, tooLarge]);
            verdict.Add(judged.Reason);
        }
        summary = summary with { Gates = judged.Findings.Count == 0 ? null : judged.Findings };
        if (delivered.IsEmpty)
        {
            if (task.ExpectChanges)
                verdict.Add(NoChanges(summary, reported));
            return new Delivery(summary, "nothing");
        }
        return new Delivery(
            summary,
            judged.AsksForReview
                ? "not-applied"
                : await ApplyAsync(task, delivered, summary, verdict, events, turn, clock)
        );
    }

    /// <summary>Of a patch that is not written, which files it would have had.</summary>
    private static ChangeSummary Withheld(ChangeSet changes, IRunObserver events)
    {
        foreach (var entry in changes.Entries)
        {
            var kind =
                entry.Old is null ? "added"
                : entry.New is null ? "deleted"
                : "modified";
            events.On(new FileChanged(entry.DisplayPath, kind, null, null));
        }
        return new ChangeSummary(changes.Entries.Count, 0, 0, PatchBytes: 0, Skipped(changes));
    }

    private static async Task<ChangeSummary> WritePatchAsync(
        ChangeSet changes,
        TaskDirectory directory,
        IRunObserver events,
        CancellationToken cancellationToken
    )
    {
        if (changes.IsEmpty)
            return new ChangeSummary(0, 0, 0, 0, Skipped(changes));
        var patch = await PatchWriter.WriteAsync(changes, directory.Patch, cancellationToken);
        foreach (var file in patch.Files)
            events.On(new FileChanged(file.Path, file.Kind, file.Additions, file.Deletions));
        return new ChangeSummary(
            patch.Files.Count,
            patch.Files.Sum(file => file.Additions ?? 0),
            patch.Files.Sum(file => file.Deletions ?? 0),
            patch.Bytes,
            Skipped(changes)
        );
    }

    private static List<SkippedChange> Skipped(ChangeSet changes) =>
        [.. changes.Skipped.Select(skip => new SkippedChange(skip.DisplayPath, Kebab(skip.Reason)))];

    private static string Kebab(SkipReason reason) => JsonNamingPolicy.KebabCaseLower.ConvertName(reason.ToString());

    /// <summary>What the model reported says more, and changes nothing.</summary>
    private static Finding NoChanges(ChangeSummary summary, ReportedOutcome? reported)
    {
        var message =
            summary.Skipped.Count == 0
                ? "The task expects changes and the model made none."
                : $"The task expects changes; all {summary.Skipped.Count} that were made cannot be in a patch.";
        return reported is { Outcome: ReportedOutcome.NothingToDo }
            ? new(
                Outcome.NoChanges,
                "nothing-to-do",
                $"{message} It reports that there is nothing to do: {reported.Reason}"
            )
            : new(Outcome.NoChanges, "no-changes", message);
    }

    private static async Task<string> ApplyAsync(
        PlannedTask task,
        ChangeSet changes,
        ChangeSummary summary,
        Verdict verdict,
        IRunObserver events,
        ApplyTurn turn,
        TaskClock clock
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
        if (!await turn.ComeAsync(clock))
        {
            verdict.Add(Findings.Interrupted("The run was interrupted before the patch was applied."));
            return "not-applied";
        }
        if (turn.Conflict(changes) is { } twice)
            return Failed($"other tasks of this run have changed the same files: {twice}", verdict, events);
        // Not cancellable: half a patch in the checkout would be worse than a few milliseconds more.
        var conflict = await Applier.ApplyAsync(
            changes,
            task.Checkout,
            CancellationToken.None,
            directory => events.On(new ApplyBegun(directory)),
            () =>
            {
                var (outcome, reason, message, retryable) = verdict.Decision;
                events.On(new Applied(summary, outcome.Name(), reason, message, retryable));
            }
        );
        if (conflict is not null)
            return Failed(conflict, verdict, events);
        turn.Applied(changes);
        return AppliedWord;
    }

    private static string Failed(string conflict, Verdict verdict, IRunObserver events)
    {
        verdict.Add(
            new Finding(
                Outcome.ApplyFailed,
                "conflict",
                $"Nothing was applied to the checkout: {conflict}. The patch is in {TaskDirectory.PatchName}."
            )
        );
        events.On(new Failed(verdict.Decision.Message));
        return "failed";
    }
}
