using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.Sessions;

namespace ClawCi.Conversations.Compaction;

/// <summary>
/// Asks the model, and makes the conversation fit before when it has grown too long: old tool results are pruned; if that is
/// not enough, a summary stands for all but the last messages. The transcript keeps everything.
/// </summary>
/// <param name="thresholdTokens">What the context may hold, where the model's window has room for it.</param>
/// <param name="notes">Sees every event of the task.</param>
/// <param name="announce">Told of the tokens held before a compaction; answers what a summary is to keep in mind.</param>
internal sealed class Compactor(
    ModelCaller model,
    int thresholdTokens,
    SessionNotes notes,
    Func<long, CancellationToken, Task<string?>> announce,
    IRunObserver events,
    TimeProvider time
)
{
    /// <summary>Compactions in a row that did not help before there are no more.</summary>
    private const int MostInVain = 2;

    /// <summary>When the reply after a compaction makes the next one necessary, it did not help.</summary>
    private const int FewestTurns = 2;

    /// <summary>The bound from bytes is at most four times too high; a count that says otherwise is none.</summary>
    private const double LeastScale = 0.25;

    private Last? _last;
    private int _inVain;
    private bool _overflowed;
    private long _refused = long.MaxValue;

    /// <summary>80 % of the window leaves a reply room. What a provider refused as too long it will refuse again.</summary>
    private long Threshold => Math.Min(Math.Min(thresholdTokens, model.ContextWindow / 5 * 4L), _refused / 5 * 3);

    /// <inheritdoc cref="ModelCaller.Turn"/>
    public int Turn => model.Turn;

    /// <returns>The reply, or the limit that stood in its way.</returns>
    /// <exception cref="ModelException">The last attempt's failure.</exception>
    public async Task<(ModelReply? Reply, ConversationEnd.LimitHit? Limit)> AskAsync(
        Session session,
        IReadOnlyList<ToolDefinition> tools,
        Ledger ledger,
        CancellationToken cancellationToken
    )
    {
        var compaction = new Attempt(session, tools, ledger, cancellationToken);
        var tokens = model.Tokens(session, tools);
        if (_overflowed || tokens >= Threshold)
            await CompactAsync(_overflowed ? Compacted.Overflow : Compacted.Threshold, tokens, compaction);
        try
        {
            try
            {
                return await AnsweredAsync(compaction);
            }
            catch (ModelException e) when (e.Failure is ModelFailure.ContextOverflow && Overflows(tokens))
            {
                if (!await CompactAsync(Compacted.Overflow, tokens, compaction))
                    throw;
                return await AnsweredAsync(compaction);
            }
        }
        catch (ModelException e) when (e.Failure is ModelFailure.ContextOverflow)
        {
            return (null, TooLong(e.Message));
        }
    }

    /// <summary>Takes that a reply was cut because the window is full: the next request is preceded by a compaction.</summary>
    /// <returns>The limit that ends the conversation, when it was compacted for the reply before.</returns>
    public ConversationEnd.LimitHit? AfterFullWindow(Session session, IReadOnlyList<ToolDefinition> tools) =>
        Overflows(model.Tokens(session, tools)) ? null : TooLong("the reply was cut.");

    private bool Overflows(long tokens)
    {
        if (_overflowed)
            return false;
        (_overflowed, _refused) = (true, Math.Min(_refused, tokens));
        return true;
    }

    private async Task<(ModelReply? Reply, ConversationEnd.LimitHit? Limit)> AnsweredAsync(Attempt attempt)
    {
        var answer = await model.AskAsync(attempt.Session, attempt.Tools, attempt.Ledger, attempt.CancellationToken);
        _overflowed &= answer.Reply is null or { StopReason: StopReasons.ContextWindowExceeded };
        return answer;
    }

    private ConversationEnd.LimitHit TooLong(string why)
    {
        var tried =
            _inVain >= MostInVain ? $"the last {MostInVain} compactions did not help"
            : _last is null ? "there is nothing to compact"
            : "compacting it did not help";
        return new("context-window", $"The conversation fills the model's window, and {tried}: {why}");
    }

    /// <returns>Whether the conversation is shorter now.</returns>
    private async Task<bool> CompactAsync(string trigger, long tokens, Attempt attempt)
    {
        if (_inVain >= MostInVain || IsInVain(attempt.Ledger.Turns))
            return false;
        var started = time.GetTimestamp();
        var session = attempt.Session;
        long Size(IReadOnlyList<Message> messages) => model.Size(messages, attempt.Tools);
        var before = Size(session.Messages);
        var scale = Math.Max((double)tokens / before, LeastScale);
        var plan = CompactionPlan.Of(session, notes, (long)(Threshold / scale), Size);
        if (plan.IsNothing)
            return false;
        _last = new(attempt.Ledger.Turns, HasRoom: false, WasSummedUp: true);
        var advice = await announce(tokens, attempt.CancellationToken);
        var summary = plan.Last is null ? null : await SumUpAsync(trigger, plan, tokens, advice, attempt);
        var compacted = plan.Event(trigger, notes, summary);
        var after = Size(session.With(compacted).Messages);
        if (after >= before)
            return false;
        compacted = compacted with
        {
            TokensBefore = tokens,
            TokensAfter = (long)Math.Ceiling(after * scale),
            DurationMs = (long)time.GetElapsedTime(started).TotalMilliseconds,
        };
        _last = new(attempt.Ledger.Turns, compacted.TokensAfter <= Threshold / 4 * 3, summary is not null);
        session.Apply(compacted);
        events.On(compacted);
        return true;
    }

    /// <summary>Counts the last compaction when it did not help.</summary>
    private bool IsInVain(int turn)
    {
        if (_last is not { } last)
            return false;
        // Pruning costs next to nothing, and a tool that answers at length needs it each time.
        var helped = last.HasRoom && !(last.WasSummedUp && turn - last.Turn < FewestTurns);
        _inVain = helped ? 0 : _inVain + 1;
        if (_inVain < MostInVain)
            return false;
        events.On(
            new Warned(
                $"The last {MostInVain} compactions did not help. There are no more of them: the conversation goes on as long as the provider takes it."
            )
        );
        return true;
    }

    /// <summary>The model's summary, or one without it: whatever goes wrong here is no reason to lose the task.</summary>
    private async Task<Summary> SumUpAsync(
        string trigger,
        CompactionPlan plan,
        long tokens,
        string? advice,
        Attempt attempt
    )
    {
        var session = attempt.Session;
        var fits = trigger is Compacted.Threshold && tokens < model.ContextWindow;
        var messages = fits ? session.Messages : plan.Excerpt(session, notes);
        ModelAnswer? answer = null;
        var why = "a limit does not pay for one";
        try
        {
            answer = await model.AskAsideAsync(
                session,
                SummaryRequest.For(messages, plan.CarriedBytes, advice),
                attempt.Tools,
                attempt.Ledger,
                attempt.CancellationToken
            );
            if (answer is not null && SummaryRequest.Of(answer.Reply) is { } text)
                return new(text, ByModel: true, answer.Reply.Usage, answer.CostUsd);
            if (answer is not null)
                why = "its reply is none";
        }
        catch (ModelException e) when (e.Failure is not (ModelFailure.ScriptMismatch or ModelFailure.RecordingMismatch))
        {
            why = e.Message;
        }
        events.On(new Warned($"The conversation is compacted without a summary of the model's: {why}"));
        return new(PlainSummary.Of(notes, plan.CarriedBytes), ByModel: false, answer?.Reply.Usage, answer?.CostUsd);
    }

    /// <summary>The last compaction.</summary>
    private sealed record Last(int Turn, bool HasRoom, bool WasSummedUp);

    /// <summary>What a request is made with.</summary>
    private sealed record Attempt(
        Session Session,
        IReadOnlyList<ToolDefinition> Tools,
        Ledger Ledger,
        CancellationToken CancellationToken
    );
}
