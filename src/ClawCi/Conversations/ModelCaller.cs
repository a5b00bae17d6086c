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
/// <param name="resumed">Of a killed run: which of the models had answered is asked anew.</param>
internal sealed class ModelCaller(
    IReadOnlyList<Model> models,
    string system,
    Effort? effort,
    DateTimeOffset deadline,
    IRunObserver events,
    TimeProvider time,
    Progress? resumed = null
)
{
    /// <summary>More than any reply of use. Asking for all a model can say makes it refuse a long conversation early.</summary>
    public const int MaxReplyTokens = 32_000;

    private readonly PromptEstimate _estimate = new();

    private int _current;

    /// <summary>So many messages of the session were added before the current model took over.</summary>
    private int _foreign = models.Count > 1 ? resumed?.Session.Added ?? 0 : resumed?.MaskedMessages ?? 0;

    /// <summary>Of the last reply: how many the task had had with it, its subagents' included. 0 before there is one.</summary>
    public int Turn { get; private set; } = resumed?.LastReply?.Turn ?? 0;

    /// <summary>Of the model that is asked next.</summary>
    public int ContextWindow => models[_current].ContextWindow;

    /// <summary>What the next request holds: the provider's count as far as it goes, and a bound on what came since.</summary>
    public long Tokens(Session session, IReadOnlyList<ToolDefinition> tools) =>
        _estimate.Of(system, tools, session.Messages);

    /// <summary>A bound from bytes alone.</summary>
    public long Size(IReadOnlyList<Message> messages, IReadOnlyList<ToolDefinition> tools) =>
        PromptEstimate.Whole(system, tools, messages);

    /// <returns>The reply, or the limit that stood in its way.</returns>
    /// <exception cref="ModelException">The last attempt's failure.</exception>
    public async Task<(ModelReply? Reply, ConversationEnd.LimitHit? Limit)> AskAsync(
        Session session,
        IReadOnlyList<ToolDefinition> tools,
        Ledger ledger,
        CancellationToken cancellationToken
    )
    {
        var (answer, limit) = await SendAsync(session, session.Messages, tools, ledger, true, cancellationToken);
        if (answer is null)
            return (null, limit);
        (var reply, var duration, var cost, Turn) = answer;
        session.Add(reply.Message);
        // An estimate teaches nothing.
        if (!reply.IsEstimated)
            _estimate.Learn(session.Messages, reply.Usage);
        events.On(
            new MessageAdded(
                reply.Message.Role,
                reply.Message.Content,
                Turn,
                reply.StopReason,
                reply.Model,
                reply.RequestId,
                reply.Usage,
                (long)duration.TotalMilliseconds
            )
        );
        Report(reply, cost, ledger);
        return (reply, null);
    }

    /// <summary>Asks something that is no turn and does not join the session; it is paid for like everything else.</summary>
    /// <param name="messages">The session's, or what is made of them.</param>
    /// <returns>Null when a limit stood in the way.</returns>
    /// <exception cref="ModelException">The last attempt's failure.</exception>
    public async Task<ModelAnswer?> AskAsideAsync(
        Session session,
        IReadOnlyList<Message> messages,
        IReadOnlyList<ToolDefinition> tools,
        Ledger ledger,
        CancellationToken cancellationToken
    )
    {
        var (answer, _) = await SendAsync(session, messages, tools, ledger, false, cancellationToken);
        if (answer is { Reply: { } reply })
            Report(reply, answer.CostUsd, ledger);
        return answer;
    }

    private void Report(ModelReply reply, decimal? cost, Ledger ledger) =>
        events.On(
            new UsageAdded(
                models[_current].Name,
                reply.Usage,
                cost,
                ledger.Usage,
                ledger.CostUsd,
                reply.IsEstimated ? true : null
            )
        );

    private async Task<(ModelAnswer? Answer, ConversationEnd.LimitHit? Limit)> SendAsync(
        Session session,
        IReadOnlyList<Message> messages,
        IReadOnlyList<ToolDefinition> tools,
        Ledger ledger,
        bool isTurn,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            try
            {
                return await SendAsync(
                    models[_current],
                    messages,
                    // What is left out of the session is left out at its front.
                    Math.Max(0, session.SentOf(_foreign) - Math.Max(0, session.Messages.Count - messages.Count)),
                    tools,
                    ledger,
                    isTurn,
                    cancellationToken
                );
            }
            catch (ModelException e) when (IsUnavailable(e) && _current + 1 < models.Count)
            {
                var (gone, next) = (models[_current].Name, models[++_current].Name);
                _foreign = session.Added;
                events.On(new Warned($"{gone} is unavailable, so {next} goes on: {e.Message}"));
            }
        }
    }

    private async Task<(ModelAnswer? Answer, ConversationEnd.LimitHit? Limit)> SendAsync(
        Model model,
        IReadOnlyList<Message> messages,
        int foreign,
        IReadOnlyList<ToolDefinition> tools,
        Ledger ledger,
        bool isTurn,
        CancellationToken cancellationToken
    )
    {
        var bound = new RequestBound(
            model.Price,
            _estimate.Of(system, tools, messages),
            // With what a prompt may have at most before it is compacted, that is the whole window.
            Math.Min(Math.Min(model.MaxOutputTokens, MaxReplyTokens), model.ContextWindow / 5)
        )
        {
            Model = model.Name,
            IsTurn = isTurn,
        };
        var (held, limit) = await ledger.ReserveAsync(bound, cancellationToken);
        if (held is null)
            return (null, limit);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var request = new ModelRequest(system, tools, messages, held.MaxOutputTokens, effort, foreign)
        {
            Lost = seen =>
            {
                limit = CountLost(held!, seen, ledger);
                held = null;
                if (limit is not null)
                    stop.Cancel();
            },
        };
        var started = time.GetTimestamp();
        try
        {
            var reply = await model.CompleteAsync(NextAsync, ReportRetry, deadline, stop.Token);
            var duration = time.GetElapsedTime(started);
            if (reply.IsEstimated)
                reply = reply with { Usage = Charged(held, reply.Usage) };
            var cost = held.Settle(reply.Usage, duration);
            return (new ModelAnswer(reply, duration, cost, held.Turn), null);
        }
        catch (OperationCanceledException) when (limit is not null && !cancellationToken.IsCancellationRequested)
        {
            return (null, limit);
        }
        finally
        {
            held?.Dispose();
        }

        // After a loss less may be left than before, of the run's money too: the next attempt is as long as that allows.
        async ValueTask<ModelRequest> NextAsync()
        {
            if (held is null)
                (held, limit) = await ledger.ReserveAsync(bound, stop.Token);
            if (held is not null)
                return request with { MaxOutputTokens = held.MaxOutputTokens };
            await stop.CancelAsync();
            throw new OperationCanceledException(stop.Token);
        }

        void ReportRetry(ModelRetry retry)
        {
            // An attempt that the limit forbids is not made.
            if (limit is null)
                OnRetry(retry);
        }
    }

    /// <summary>A reply that was lost on its way is paid for as far as it came; the next attempt must be affordable too.</summary>
    private ConversationEnd.LimitHit? CountLost(Reservation held, Usage seen, Ledger ledger)
    {
        seen = Charged(held, seen);
        var limit = held.Lose(seen);
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

    /// <summary>What is paid for a reply of which the provider counted nothing, or not all.</summary>
    private static Usage Charged(Reservation held, Usage seen)
    {
        // What the request did not allow is not paid for, however much came.
        seen = seen with
        {
            OutputTokens = Math.Min(seen.OutputTokens, held.MaxOutputTokens),
        };
        // Some providers count only at the end.
        return seen.InputTokens + seen.CacheCreationInputTokens + seen.CacheReadInputTokens == 0
            ? seen with
            {
                InputTokens = held.Bound.InputTokens,
            }
            : seen;
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
