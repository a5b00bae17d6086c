using ClawCi.Messages;

namespace ClawCi.Conversations;

/// <summary>
/// What a task has used so far, held against its caps: over all its rounds, attempts and retries. What a request may use is
/// set aside before it is made, so that a cap holds beforehand and for many requests at once. What counts here counts in
/// the parent too, and the parent's caps hold here: a run's over its tasks.
/// </summary>
internal sealed class Ledger(Caps caps, Ledger? parent = null)
{
    /// <summary>A reply that could be no longer would be cut and paid for nothing.</summary>
    private const int ShortestReply = 1_000;

    /// <summary>Hardly a reply is longer. When others have set aside so much that not even this is left, their replies are waited for.</summary>
    private const int OrdinaryReply = 8_000;

    /// <summary>From here on the model is told to come to an end; of money when so few replies more can be paid, too.</summary>
    private const decimal Pressing = 0.85m;
    private const int RepliesToEnd = 4;

    private readonly Lock _lock = parent?._lock ?? new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _turnsHeld;
    private long _tokensHeld;
    private decimal _costHeld;
    private decimal _lastCost;
    private decimal _lastBound;
    private bool _priceUnknown;
    private decimal _cost;

    public int Turns { get; private set; }

    public int ToolCalls { get; private set; }

    public Usage Usage { get; private set; } = new();

    /// <summary>Null when something was used whose price is not known.</summary>
    public decimal? CostUsd => _priceUnknown ? null : _cost;

    /// <summary>What each model had of it.</summary>
    public IReadOnlyDictionary<string, ModelShare> Models => _models;

    private readonly Dictionary<string, ModelShare> _models = [];

    /// <summary>Time spent waiting for the model.</summary>
    public TimeSpan ModelTime { get; private set; }

    /// <summary>Takes over what an earlier attempt has used, here and in the parent.</summary>
    /// <param name="shares">By the model's name.</param>
    public void TakeOver(
        int turns,
        int toolCalls,
        TimeSpan modelTime,
        IEnumerable<KeyValuePair<string, ModelShare>> shares
    )
    {
        lock (_lock)
        {
            foreach (var ledger in Chain)
            {
                ledger.Turns += turns;
                ledger.ToolCalls += toolCalls;
                ledger.ModelTime += modelTime;
                foreach (var (model, share) in shares)
                    ledger.Count(model, share.Usage, share.CostUsd);
            }
        }
    }

    private IEnumerable<Ledger> Chain
    {
        get
        {
            for (var ledger = this; ledger is not null; ledger = ledger.Parent)
                yield return ledger;
        }
    }

    private Ledger? Parent { get; } = parent;

    /// <summary>
    /// Sets aside what a request may use; waits while only what other requests have set aside stands in its way.
    /// </summary>
    /// <returns>The reservation, or the limit that forbids the request.</returns>
    public async Task<(Reservation? Held, ConversationEnd.LimitHit? Limit)> ReserveAsync(
        RequestBound bound,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (LimitOnChain(bound) is { } limit)
                    return (null, limit);
                var alone = Chain.Min(ledger => ledger.Affords(bound, besidesHeld: false));
                var now = Chain.Min(ledger => ledger.Affords(bound, besidesHeld: true));
                if (now == alone || now >= OrdinaryReply)
                    return (Hold(new Reservation(this, bound, now)), null);
                changed = Root._changed.Task;
            }
            await changed.WaitAsync(cancellationToken);
        }
    }

    public void AddToolCall()
    {
        lock (_lock)
        {
            foreach (var ledger in Chain)
                ledger.ToolCalls++;
        }
    }

    /// <summary>The limit that forbids another tool call; null when there is none.</summary>
    public ConversationEnd.LimitHit? BeforeToolCall()
    {
        lock (_lock)
            return Chain
                .Where(ledger => ledger.ToolCalls >= ledger.MaxToolCalls)
                .Select(ledger =>
                    ledger.Hit("max-tool-calls", $"{ledger.ToolCalls} of {ledger.MaxToolCalls} tool calls are used.")
                )
                .FirstOrDefault();
    }

    /// <param name="denials">How many calls the policy has denied so far.</param>
    public ConversationEnd.Blocked? AfterDenials(int denials) =>
        denials > caps.Denials
            ? new("max-denials", $"The policy denied {denials} tool calls; {caps.Denials} are tolerated.")
            : null;

    /// <summary>What is nearly used up, as a sentence; null when there is enough left of everything.</summary>
    public string? NearlyUsed()
    {
        lock (_lock)
            return Chain.Select(ledger => ledger.Nearly()).FirstOrDefault(sentence => sentence is not null);
    }

    internal decimal? Settle(Reservation held, Usage usage, TimeSpan duration)
    {
        lock (_lock)
        {
            foreach (var ledger in Chain)
            {
                ledger.Turns += held.Bound.IsTurn ? 1 : 0;
                ledger.ModelTime += duration;
                ledger._lastCost = ledger.Count(held, usage) ?? 0;
                ledger._lastBound = held.Bound.Cost(ShortestReply);
            }
            held.Turn = Turns;
            Free(held);
        }
        return held.Bound.Price?.Cost(usage);
    }

    internal ConversationEnd.LimitHit? AddLost(Reservation held, Usage seen)
    {
        lock (_lock)
        {
            foreach (var ledger in Chain)
                ledger.Count(held, seen);
            Free(held);
            return LimitOnChain(held.Bound);
        }
    }

    internal void Release(Reservation held)
    {
        lock (_lock)
            Free(held);
    }

    private Ledger Root => Chain.Last();

    private int MaxToolCalls => caps.ToolCalls;

    private decimal? Count(Reservation held, Usage usage)
    {
        var cost = held.Bound.Price?.Cost(usage);
        Count(held.Bound.Model, usage, cost);
        return cost;
    }

    private void Count(string model, Usage usage, decimal? cost)
    {
        var share = _models.GetValueOrDefault(model, new(new Usage(), 0m));
        _models[model] = new(share.Usage + usage, share.CostUsd + cost);
        Usage += usage;
        _cost += cost ?? 0;
        _priceUnknown |= cost is null;
    }

    private Reservation Hold(Reservation held)
    {
        foreach (var ledger in Chain)
            ledger.SetAside(held, +1);
        return held;
    }

    private void Free(Reservation held)
    {
        foreach (var ledger in Chain)
            ledger.SetAside(held, -1);
        Root._changed.SetResult();
        Root._changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private void SetAside(Reservation held, int sign)
    {
        _turnsHeld += held.Bound.IsTurn ? sign : 0;
        _tokensHeld += sign * held.MaxOutputTokens;
        _costHeld += sign * held.Bound.Cost(held.MaxOutputTokens);
    }

    /// <summary>How long the request's reply may be.</summary>
    /// <param name="besidesHeld">Whether what other requests have set aside is taken off.</param>
    private int Affords(RequestBound bound, bool besidesHeld)
    {
        if (besidesHeld && Turns + _turnsHeld >= caps.Turns)
            return 0;
        var tokens = bound.MaxOutputTokens;
        if (caps.OutputTokens - Usage.OutputTokens - (besidesHeld ? _tokensHeld : 0) is { } left)
            tokens = (int)Math.Clamp(left, 0, tokens);
        if (caps.CostUsd - _cost - (besidesHeld ? _costHeld : 0) is { } dollars)
            tokens = Math.Min(tokens, bound.OutputTokensFor(dollars));
        return tokens;
    }

    private ConversationEnd.LimitHit? LimitOnChain(RequestBound bound) =>
        Chain.Select(ledger => ledger.LimitOn(bound)).FirstOrDefault(hit => hit is not null);

    /// <summary>The limit that forbids a request even if no other were under way.</summary>
    private ConversationEnd.LimitHit? LimitOn(RequestBound bound)
    {
        if (Turns >= caps.Turns)
            return Hit("max-turns", $"{Turns} of {caps.Turns} turns are used.");
        if (Usage.OutputTokens >= caps.OutputTokens)
            return Hit("max-output-tokens", $"{Usage.OutputTokens} of {caps.OutputTokens} output tokens are used.");
        if (caps.CostUsd is not { } most)
            return null;
        if (bound.Price is null)
            return Hit("max-cost-usd", "The model's price is not known, so its cost cannot be limited.");
        var shortest = Math.Min(ShortestReply, bound.MaxOutputTokens);
        return bound.OutputTokensFor(most - _cost) < shortest
            ? Hit(
                "max-cost-usd",
                $"{_cost:0.0000} of {most:0.00##} US dollars are spent, and another request may cost {bound.Cost(shortest):0.0000}."
            )
            : null;
    }

    private string? Nearly()
    {
        if (
            _cost >= caps.CostUsd * Pressing
            || (_cost > 0 && caps.CostUsd - _cost < (RepliesToEnd * _lastCost) + _lastBound)
        )
            return $"{_cost:0.00##} of {caps.CostUsd:0.00##} US dollars are spent.";
        if (Usage.OutputTokens >= caps.OutputTokens * Pressing)
            return $"{Usage.OutputTokens} of {caps.OutputTokens} output tokens are used.";
        if (Turns > 0 && caps.Turns - Turns <= Math.Max(1, caps.Turns / 10))
            return $"{Turns} of {caps.Turns} turns are used.";
        return ToolCalls > 0 && caps.ToolCalls - ToolCalls <= Math.Max(1, caps.ToolCalls / 10)
            ? $"{ToolCalls} of {caps.ToolCalls} tool calls are used."
            : null;
    }

    private ConversationEnd.LimitHit Hit(string limit, string message) => new(caps.Prefix + limit, message);
}
