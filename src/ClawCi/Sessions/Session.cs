using ClawCi.Events;
using ClawCi.Messages;

namespace ClawCi.Sessions;

/// <summary>
/// The messages of one conversation as the model is sent them: a fold over its <c>message</c> and <c>compacted</c> events, so
/// that any prefix of a transcript is a session.
/// </summary>
internal sealed class Session(string id)
{
    private readonly List<Message> _messages = [];

    /// <summary>So many of the messages that were added are one message now, the first.</summary>
    private int _replaced = 1;

    public string Id { get; } = id;

    public IReadOnlyList<Message> Messages => _messages;

    /// <summary>How many messages were added, and the number of the last one.</summary>
    public int Added { get; private set; }

    /// <summary>The last thing the model said in words; empty when it said nothing.</summary>
    public string LastText { get; private set; } = "";

    public void Add(Message message)
    {
        _messages.Add(message);
        Added++;
        if (message.Role == Role.Assistant && message.Text is { Length: > 0 } text)
            LastText = text;
    }

    /// <summary>Takes an event of a transcript; those that change nothing, and those of subagents, are passed over.</summary>
    public void On(RunEvent runEvent)
    {
        if (!runEvent.IsMain)
            return;
        if (runEvent is MessageAdded added)
            Add(new Message(added.Role, added.Content));
        else if (runEvent is Compacted compacted)
            Apply(compacted);
    }

    public void Apply(Compacted compacted)
    {
        foreach (var pruned in compacted.Pruned)
        {
            if (IndexOf(pruned.Message) is { } index)
                _messages[index] = Shortened(_messages[index], pruned);
        }
        if (compacted.Replaced is not { } replaced || IndexOf(replaced.Last) is not { } last)
            return;
        _messages.RemoveRange(0, last + 1);
        _messages.Insert(0, new Message(Role.User, replaced.Content));
        _replaced = replaced.Last;
    }

    /// <summary>The messages as they would be sent after a compaction.</summary>
    public Session With(Compacted compacted)
    {
        var session = new Session(Id) { _replaced = _replaced, Added = Added };
        session._messages.AddRange(_messages);
        session.Apply(compacted);
        return session;
    }

    /// <summary>The number of the message at an index; of the one that stands for several the last of theirs.</summary>
    public int NumberOf(int index) => _replaced + index;

    /// <summary>How many of the messages that are sent came about when so many had been added.</summary>
    public int SentOf(int added) => Math.Clamp(added - _replaced + 1, 0, _messages.Count);

    /// <summary>Null for a message that is not sent.</summary>
    private int? IndexOf(int number) =>
        number - _replaced is >= 0 and var index && index < _messages.Count ? index : null;

    private static Message Shortened(Message message, PrunedResult pruned)
    {
        if (message.Content.ElementAtOrDefault(pruned.Block) is not ToolResultBlock result)
            return message;
        ContentBlock[] content = [.. message.Content];
        content[pruned.Block] = new ToolResultBlock(result.ToolUseId, pruned.Text, result.IsError);
        return message with { Content = content };
    }
}
