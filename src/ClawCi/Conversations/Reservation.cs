using ClawCi.Messages;

namespace ClawCi.Conversations;

/// <summary>What is set aside for one request until its reply is there. Given back when it is disposed.</summary>
internal sealed class Reservation(Ledger ledger, RequestBound bound, int maxOutputTokens) : IDisposable
{
    private bool _ended;

    public RequestBound Bound { get; } = bound;

    /// <summary>How long the reply may be: less than was asked for when the limits allow no more.</summary>
    public int MaxOutputTokens { get; } = maxOutputTokens;

    /// <summary>Which turn of the task the reply was, from 1; 0 before there is one.</summary>
    public int Turn { get; internal set; }

    /// <summary>Counts the reply instead.</summary>
    /// <returns>Its cost; null when the price is not known.</returns>
    public decimal? Settle(Usage usage, TimeSpan duration)
    {
        _ended = true;
        return ledger.Settle(this, usage, duration);
    }

    /// <summary>Counts what an attempt has used that ended before its reply did. Another one sets aside anew what is left then.</summary>
    /// <returns>The limit that forbids another attempt; null when there is none.</returns>
    public ConversationEnd.LimitHit? Lose(Usage seen)
    {
        _ended = true;
        return ledger.AddLost(this, seen);
    }

    public void Dispose()
    {
        if (!_ended)
            ledger.Release(this);
        _ended = true;
    }
}
