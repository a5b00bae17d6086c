using ClawCi.Artifacts;
using ClawCi.Events;
using ClawCi.Messages;

namespace ClawCi.Cli.Console;

/// <summary>How far a task is, for when nothing happens for a while.</summary>
internal sealed class Progress(TimeProvider time)
{
    private long _started = time.GetTimestamp();
    private int _turn;
    private decimal? _cost = 0;

    public void Note(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case RunStarted:
                (_started, _turn, _cost) = (time.GetTimestamp(), 0, 0);
                break;
            case MessageAdded { Role: Role.Assistant } reply:
                _turn = reply.Turn;
                break;
            case UsageAdded usage:
                _cost = usage.TotalCostUsd;
                break;
        }
    }

    /// <summary><c>turn 3, 4 min 02 s, $0.12</c>.</summary>
    public override string ToString()
    {
        var elapsed = Amount.Duration((long)time.GetElapsedTime(_started).TotalMilliseconds);
        return $"turn {_turn}, {elapsed}, {(_cost is null ? "cost unknown" : Amount.Cost(_cost))}";
    }
}
