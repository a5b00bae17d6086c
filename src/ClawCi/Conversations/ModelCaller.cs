using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.Sessions;

namespace ClawCi.Conversations;

/// <summary>Asks the model for the next message of a session, and records the reply, its retries and its usage.</summary>
/// <param name="deadline">When the task ends: no retry waits beyond it.</param>
internal sealed class ModelCaller(
    Model model,
    string system,
    DateTimeOffset deadline,
    IRunObserver events,
    TimeProvider time
)
{
    /// <summary>More than any reply of use. Asking for all a model can say makes it refuse a long conversation early.</summary>
    public const int MaxReplyTokens = 32_000;

    private readonly PromptEstimate _estimate = new();

    /// <returns>The reply, or the limit that stood in its way.</returns>
    /// <exception cref="ModelException">The last attempt's failure.</exception>
    public async Task<(ModelReply? Reply, ConversationEnd.LimitHit? Limit)> AskAsync(
        Session session,
        IReadOnlyList<ToolDefinition> tools,
        Ledger ledger,
        CancellationToken cancellationToken
    )
    {
        var bound = new RequestBound(
            model.Price,
            _estimate.Of(system, tools, session.Messages),
            Math.Min(model.MaxOutputTokens, MaxReplyTokens)
        );
        var (held, limit) = await ledger.ReserveAsync(bound, cancellationToken);
        if (held is null)
            return (null, limit);
        using var reservation = held;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var request = new ModelRequest(system, tools, session.Messages, held.MaxOutputTokens)
        {
            Lost = seen =>
            {
                limit = CountLost(held, seen, ledger);
                if (limit is not null)
                    stop.Cancel();
            },
        };
        var started = time.GetTimestamp();
        ModelReply reply;
        try
        {
            reply = await model.CompleteAsync(request, OnRetry, deadline, stop.Token);
        }
        catch (OperationCanceledException) when (limit is not null && !cancellationToken.IsCancellationRequested)
        {
            return (null, limit);
        }
        var duration = time.GetElapsedTime(started);
        var cost = held.Settle(reply.Usage, duration);
        session.Add(reply.Message);
        _estimate.Learn(session.Messages, reply.Usage);
        events.On(
            new MessageAdded(
                reply.Message.Role,
                reply.Message.Content,
                ledger.Turns,
                reply.StopReason,
                reply.Model,
                reply.RequestId,
                reply.Usage,
                (long)duration.TotalMilliseconds
            )
        );
        events.On(new UsageAdded(reply.Model, reply.Usage, cost, ledger.Usage, ledger.CostUsd));
        return (reply, null);
    }

    /// <summary>A reply that was lost on its way is paid for as far as it came; the next attempt must be affordable too.</summary>
    private ConversationEnd.LimitHit? CountLost(Reservation held, Usage seen, Ledger ledger)
    {
        // Some providers count only at the end.
        if (seen.InputTokens + seen.CacheCreationInputTokens + seen.CacheReadInputTokens == 0)
            seen = seen with { InputTokens = held.Bound.InputTokens };
        var limit = held.Fail(seen);
        events.On(
            new UsageAdded(
                model.Name,
                seen,
                held.Bound.Price?.Cost(seen),
                ledger.Usage,
                ledger.CostUsd,
                Estimated: true
            )
        );
        return limit;
    }

    private void OnRetry(ModelRetry retry) =>
        events.On(
            new ApiRetried(
                retry.Attempt,
                retry.MaxAttempts,
                (long)retry.Delay.TotalMilliseconds,
                retry.Failure.ToString(),
                retry.Status,
                retry.Message
            )
        );
}
