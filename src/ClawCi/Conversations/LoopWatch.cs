using ClawCi.Messages;

namespace ClawCi.Conversations;

/// <summary>
/// Sees a model going in circles: the same calls, or the same few in turn, with the same results. It is told so once; if
/// that changes nothing the conversation ends, long before turns and money do.
/// </summary>
internal sealed class LoopWatch
{
    /// <summary>So many rounds, and the model is told.</summary>
    public const int TellAt = 5;

    /// <summary>So many rounds, and it ends.</summary>
    public const int EndAt = 10;

    /// <summary>The most calls that a round has.</summary>
    private const int LongestRound = 3;

    private const string BashOutput = "bash_output";

    /// <summary>The last calls, each with its result, newest first.</summary>
    private readonly List<(string Name, string Input, bool IsError, string Text)> _last = [];

    /// <summary>Under n - 1 how many calls in a row were what the n-th call before them was.</summary>
    private readonly int[] _same = new int[LongestRound];

    private bool _told;

    /// <summary>How often the same has been done by now: 1 when nothing repeats.</summary>
    private int Rounds => 1 + _same.Select((calls, i) => calls / (i + 1)).Max();

    /// <summary>The end, when the model was told and goes on.</summary>
    public ConversationEnd? End =>
        !_told || Rounds < EndAt
            ? null
            : new ConversationEnd.LimitHit(
                "loop",
                $"The model made the same {_last[0].Name} call {Rounds} times, with the same result each time."
            );

    /// <summary>What the model is to be told; null when there is nothing, or it was told already.</summary>
    public string? Advice()
    {
        if (_told || Rounds < TellAt)
            return null;
        _told = true;
        return $"You have made the same {_last[0].Name} call {Rounds} times and the result was the same each time. "
            + "Doing it again will change nothing, and the job is stopped if you go on. Try something else, or end with a "
            + "message that says what stands in the way. To wait for a command, let one call wait: sleep in bash, or bash_output.";
    }

    /// <summary>Somebody said something new, so what was done before may be done again.</summary>
    public void Reset()
    {
        _last.Clear();
        Array.Clear(_same);
        _told = false;
    }

    /// <param name="denied">The policy has a limit of its own on these.</param>
    public void Add(ToolUseBlock use, ToolResultBlock result, bool denied)
    {
        if (denied || Waits(use))
        {
            Reset();
            return;
        }
        var call = (use.Name, use.MalformedInput ?? use.Input.GetRawText(), result.IsError, result.Text);
        for (var i = 0; i < LongestRound; i++)
            _same[i] = i < _last.Count && _last[i] == call ? _same[i] + 1 : 0;
        _told &= Rounds > 1;
        _last.Insert(0, call);
        if (_last.Count > LongestRound)
            _last.RemoveAt(LongestRound);
    }

    /// <summary>
    /// Whoever waits for something asks the same again and again, and time is bounded otherwise. Read from the call and
    /// not from the clock: a recorded run must go the same way again.
    /// </summary>
    private static bool Waits(ToolUseBlock use) =>
        use.Name.Equals(BashOutput, StringComparison.OrdinalIgnoreCase)
        || (
            use.Input.TryGetProperty("command", out var command)
            && (
                command.ToString().Contains("sleep", StringComparison.Ordinal)
                || command.ToString().Contains("wait", StringComparison.Ordinal)
            )
        );
}
