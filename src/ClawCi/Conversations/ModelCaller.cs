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
    private const int MaxReplyTokens = 32_000;

    public async Task<ModelReply> AskAsync(
        Session session,
        IReadOnlyList<ToolDefinition> tools,
        Ledger ledger,
        CancellationToken cancellationToken
    )
    {
        var request = new ModelRequest(
            system,
            tools,
            session.Messages,
            Math.Min(model.MaxOutputTokens, MaxReplyTokens)
        );
        var started = time.GetTimestamp();
        var reply = await model.CompleteAsync(request, OnRetry, deadline, cancellationToken);
        var duration = time.GetElapsedTime(started);
        var cost = ledger.AddReply(reply.Usage, duration);
        session.Add(reply.Message);
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
        return reply;
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
