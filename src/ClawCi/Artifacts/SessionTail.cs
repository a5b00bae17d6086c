using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;

namespace ClawCi.Artifacts;

/// <summary>
/// The end of a conversation, as any model can be told of it: a fold over events like <see cref="Session"/>, which keeps no more
/// than a bounded number of bytes.
/// </summary>
internal sealed class SessionTail
{
    /// <summary>How long the messages that are carried over may be together.</summary>
    private const int MostCarried = 64 << 10;

    /// <summary>More than are carried: results that are pruned later make room for messages before them.</summary>
    private const int MostKept = 4 * MostCarried;

    private readonly List<(Message Message, long Size)> _kept = [];
    private Message? _task;
    private long _size;
    private bool _isReplaced;

    /// <summary>How many messages were added, and the number of the last one.</summary>
    public int Added { get; private set; }

    /// <summary>Number of the first message that is kept besides the task.</summary>
    private int First => Added - _kept.Count + 1;

    /// <summary>No more events come: what is not carried is let go of.</summary>
    public void End() => _kept.RemoveRange(0, Math.Max(Carried().Before - First + 1, 0));

    /// <summary>The last messages that are not too long together, and how many were before.</summary>
    public (int Before, IReadOnlyList<Message> Messages) Carried()
    {
        Message[] kept = [.. _kept.Select(message => message.Message)];
        var start = MessageGroups.Recent(kept, NeutralMessages.Size, MostCarried);
        var before = First + start - 1;
        // Where nothing was compacted, the first message is the task and is not to be summed up.
        return before == 1 && !_isReplaced && _task is { } task ? (0, [task, .. kept]) : (before, kept[start..]);
    }

    /// <summary>Takes an event of a transcript; those that change nothing, and those of subagents, are passed over.</summary>
    public void On(RunEvent runEvent)
    {
        if (!runEvent.IsMain)
            return;
        if (runEvent is MessageAdded added)
            Add(NeutralMessages.Of(new Message(added.Role, added.Content)));
        else if (runEvent is Compacted compacted)
            Apply(compacted);
        // The first message holds an earlier run beside the task, and both are elsewhere in the file.
        else if (runEvent is Continued)
            _isReplaced = true;
    }

    private void Add(Message message)
    {
        Added++;
        if (Added == 1)
        {
            _task = message;
            return;
        }
        var size = NeutralMessages.Size(message);
        _kept.Add((message, size));
        _size += size;
        var dropped = 0;
        while (_size > MostKept && dropped < _kept.Count - 1)
            _size -= _kept[dropped++].Size;
        _kept.RemoveRange(0, dropped);
    }

    private void Apply(Compacted compacted)
    {
        foreach (var pruned in compacted.Pruned)
            Shorten(pruned);
        if (compacted.Replaced is not { } replaced || replaced.Last > Added)
            return;
        var gone = Math.Clamp(replaced.Last - First + 1, 0, _kept.Count);
        _size -= _kept.Take(gone).Sum(message => message.Size);
        _kept.RemoveRange(0, gone);
        _isReplaced = true;
    }

    private void Shorten(PrunedResult pruned)
    {
        var index = pruned.Message - First;
        if (index < 0 || index >= _kept.Count)
            return;
        var (message, size) = _kept[index];
        if (message.Content.ElementAtOrDefault(pruned.Block) is not ToolResultBlock result)
            return;
        ContentBlock[] content = [.. message.Content];
        content[pruned.Block] = new ToolResultBlock(result.ToolUseId, pruned.Text, result.IsError);
        var shorter = NeutralMessages.Of(message with { Content = content });
        _kept[index] = (shorter, NeutralMessages.Size(shorter));
        _size += _kept[index].Size - size;
    }
}
