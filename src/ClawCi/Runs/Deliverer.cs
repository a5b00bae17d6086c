using ClawCi.ChangeSets;
using ClawCi.Events;
using ClawCi.Runs.Batch;
using ClawCi.Runs.Planning;

namespace ClawCi.Runs;

/// <summary>
/// Delivers what a task has made, however it ended and within the time that is left. What goes wrong here becomes a
/// finding.
/// </summary>
internal sealed class Deliverer(
    PlannedTask task,
    TaskDirectory directory,
    RunServices services,
    TaskClock clock,
    Verdict verdict,
    IRunObserver events,
    ApplyTurn turn
)
{
    /// <summary>Longer than reading any workspace takes; the clock may have less.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <param name="read">Gives the changes; null when there is nothing they could be in.</param>
    /// <param name="reported">What the model said of the outcome.</param>
    public async Task<Delivery> DeliverAsync(Func<CancellationToken, Task<ChangeSet?>> read, ReportedOutcome? reported)
    {
        using var longest = new CancellationTokenSource(Longest, services.Time);
        using var grace = CancellationTokenSource.CreateLinkedTokenSource(longest.Token, clock.Overdue);
        try
        {
            // An earlier run's patch could not be taken over, so that there is nothing of this one's.
            if (verdict.Has(Outcome.ApplyFailed))
                return Delivery.Nothing;
            using var awaiting = clock.Awaiting("the changes to be read");
            return await read(grace.Token) is { } changes
                ? await Delivery.MakeAsync(
                    task,
                    changes,
                    directory,
                    services.Masker,
                    verdict,
                    events,
                    reported,
                    turn,
                    clock,
                    grace.Token
                )
                : Delivery.Nothing;
        }
        catch (OperationCanceledException) when (clock.IsOverdue)
        {
            // The end of the task says so.
            return Delivery.Nothing;
        }
        catch (OperationCanceledException)
        {
            var slow = $"The changes could not be read within {Longest.TotalMinutes} minutes.";
            events.On(new Failed(slow));
            verdict.Add(new Finding(Outcome.SandboxUnavailable, "daemon", slow, Retryable: true));
        }
        catch (Exception e)
        {
            // What stopped the work may stop this too, and was said then.
            if (verdict.Findings.All(finding => finding.Message != e.Message))
                events.On(new Failed($"The changes could not be delivered: {e.Message}"));
            verdict.Add(Findings.Of(e));
        }
        finally
        {
            clock.Delivered();
        }
        return Delivery.Nothing;
    }
}
