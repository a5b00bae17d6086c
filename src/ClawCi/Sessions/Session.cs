using ClawCi.Messages;

namespace ClawCi.Sessions;

/// <summary>The messages of one conversation, in the order in which the model sees them.</summary>
internal sealed class Session(string id)
{
    private readonly List<Message> _messages = [];

    public string Id { get; } = id;

    public IReadOnlyList<Message> Messages => _messages;

    /// <summary>The last thing the model said in words; empty when it said nothing.</summary>
    public string LastText =>
        _messages.LastOrDefault(message => message.Role == Role.Assistant && message.Text.Length > 0)?.Text ?? "";

    public void Add(Message message) => _messages.Add(message);
}
