using ClawCi.Artifacts;
using ClawCi.Events;
using ClawCi.Messages;

namespace ClawCi.Cli.Console;

/// <summary>How far a task is: for a line that is written anew, and for when nothing happens for a while. May be asked while it is told.</summary>
internal sealed class Progress(LineCutter cut, TimeProvider time)
{
    private const int NameColumns = 30;

    /// <summary>What says less than this of what is going on says nothing.</summary>
    private const int LeastColumns = 20;

    private readonly Lock _lock = new();
    private long _started = time.GetTimestamp();
    private string _name = "";
    private string _activity = "sandbox";
    private int _turn;
    private decimal? _cost = 0;
    private Usage _usage = new();

    public void Note(RunEvent runEvent)
    {
        var activity = Activity(runEvent);
        lock (_lock)
        {
            _activity = activity ?? _activity;
            switch (runEvent)
            {
                case RunStarted started:
                    (_started, _turn, _cost, _usage) = (time.GetTimestamp(), 0, 0, new());
                    _name = Columns.Fit(cut.Line(started.Name, 0), NameColumns);
                    break;
                case MessageAdded { Role: Role.Assistant, IsMain: true } reply:
                    _turn = reply.Turn;
                    break;
                case UsageAdded usage:
                    (_cost, _usage) = (usage.TotalCostUsd, usage.TotalUsage);
                    break;
            }
        }
    }

    /// <summary>Where the task is, in one line; what matters least is left out where there is no room.</summary>
    /// <param name="width">In columns.</param>
    public string Line(int width)
    {
        lock (_lock)
        {
            // In the last column some terminals begin a new line.
            var most = width - 1;
            var (name, turn) = ($"{_name}  ", _turn == 0 ? "" : $"turn {_turn}  ");
            var (elapsed, cost) = ($"  {Elapsed}", $"  {Cost}");
            (string Before, string After)[] lines =
            [
                (name + turn, $"{elapsed}{cost}  {Amount.ShortTokens(_usage)}"),
                (name + turn, elapsed + cost),
                (turn, elapsed + cost),
                (turn, elapsed),
                ("", elapsed),
            ];
            var line = Array.Find(lines, line => Room(line) >= LeastColumns);
            line = line.After is null ? lines[^1] : line;
            return Columns.Fit(line.Before + Columns.Fit(_activity, Room(line)) + line.After, most);

            int Room((string Before, string After) line) => most - Columns.Of(line.Before) - Columns.Of(line.After);
        }
    }

    /// <summary><c>turn 3, 4 min 02 s, $0.12</c>.</summary>
    public override string ToString()
    {
        lock (_lock)
            return $"turn {_turn}, {Elapsed}, {Cost}";
    }

    private string Elapsed => Amount.Duration((long)time.GetElapsedTime(_started).TotalMilliseconds);

    private string Cost => _cost is null ? "cost unknown" : Amount.Cost(_cost);

    /// <summary>What goes on from here; null for what does not change that.</summary>
    private string? Activity(RunEvent runEvent) =>
        runEvent switch
        {
            ImagePulled { Done: false } pull => $"image, {pull.Bytes / 1_000_000} of {pull.TotalBytes / 1_000_000} MB",
            RunStarted => "sandbox",
            SandboxStarted { Purpose: not "agent" } sandbox => sandbox.Purpose,
            ApiRetried retry => $"model, again in {Amount.Duration(retry.DelayMs)}",
            MessageAdded { Role: Role.User } => "model",
            MessageAdded { IsMain: true } reply when !reply.Content.Any(block => block is ToolUseBlock) => "changes",
            ToolCalled call => cut.Line($"{call.Tool} {ToolSubject.Of(call.Input)}", 0),
            CheckRan => "checks",
            Heartbeat beat => cut.Line(beat.Waiting, 0),
            _ => null,
        };
}
