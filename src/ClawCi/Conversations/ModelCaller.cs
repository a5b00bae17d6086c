using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.Sessions;

namespace ClawCi.Conversations;

/// <summary>
/// Asks a model for the next message of a session, and records the reply, its retries and its usage. When the model stays
/// unavailable the next one takes over, for the rest of the conversation.
/// </summary>
/// <param name="models">The task's model and its fallbacks, in order.</param>
/// <param name="deadline">When the task ends: no retry waits beyond it.</param>
internal sealed class ModelCaller(
    IReadOnlyList<Model> models,
    string system,
    Effort? effort,
    DateTimeOffset deadline,
    IRunObserver events,
    TimeProvider time
)
{
    /// <summary>More than any reply of use. Asking for all a model can say makes it refuse a long conversation early.</summary>
    public const int MaxReplyTokens = 32_000;

    private readonly PromptEstimate _estimate = new();

    private int _current;

    /// <summary>So many messages came about before the current model took over.</summary>
    private int _foreign;

    /// <returns>The reply, or the limit that stood in its way.</returns>
    /// <exception cref="ModelException">The last attempt's failure.</exception>
    public async Task<(ModelReply? Reply, ConversationEnd.LimitHit? Limit)> AskAsync(
        Session session,
        IReadOnlyList<ToolDefinition> tools,
        Ledger ledger,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            try
            {
                return await AskAsync(models[_current], session, tools, ledger, cancellationToken);
            }
            catch (ModelException e) when (IsUnavailable(e) && _current + 1 < models.Count)
            {
                var (gone, next) = (models[_current].Name, models[++_current].Name);
                _foreign = session.Messages.Count;
                events.On(new Warned($"{gone} is unavailable, so {next} goes on: {e.Message}"));
            }
        }
    }

    private async Task<(ModelReply? Reply, ConversationEnd.LimitHit? Limit)> AskAsync(
        Model model,
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
        )
        {
            Model = model.Name,
        };
        var (held, limit) = await ledger.ReserveAsync(bound, cancellationToken);
        if (held is null)
            return (null, limit);
        using var reservation = held;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var request = new ModelRequest(system, tools, session.Messages, held.MaxOutputTokens, effort, _foreign)
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
        // What the request did not allow is not paid for, however much came.
        seen = seen with
        {
            OutputTokens = Math.Min(seen.OutputTokens, held.MaxOutputTokens),
        };
        // Some providers count only at the end.
        if (seen.InputTokens + seen.CacheCreationInputTokens + seen.CacheReadInputTokens == 0)
            seen = seen with { InputTokens = held.Bound.InputTokens };
        var limit = held.Fail(seen);
        events.On(
            new UsageAdded(
                held.Bound.Model,
                seen,
                held.Bound.Price?.Cost(seen),
                ledger.Usage,
                ledger.CostUsd,
                Estimated: true
            )
        );
        return limit;
    }

    /// <summary>Whether another model may do better: not where the fault is the request's, or the key's.</summary>
    private static bool IsUnavailable(ModelException failure) =>
        failure.IsTransient || failure.Failure is ModelFailure.NotFound or ModelFailure.OutOfCredit;

    private void OnRetry(ModelRetry retry) =>
        events.On(
            new ApiRetried(
                retry.Attempt,
                retry.MaxAttempts,
                (long)retry.Delay.TotalMilliseconds,
                retry.Failure.ToString(),
                retry.Status,
                retry.Message,
                retry.RequestId
            )
        );
}
