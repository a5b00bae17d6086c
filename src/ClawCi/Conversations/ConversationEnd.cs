namespace ClawCi.Conversations;

/// <summary>Why a conversation stopped. The model's last word is one input to the outcome, never the outcome.</summary>
internal abstract record ConversationEnd
{
    private protected ConversationEnd() { }

    /// <summary>The model ended its turn and asked for nothing more.</summary>
    public sealed record Completed : ConversationEnd;

    /// <summary>The model refused.</summary>
    public sealed record Refused(string Text) : ConversationEnd;

    /// <param name="Limit">Its key in the task file, such as <c>max-turns</c>.</param>
    public sealed record LimitHit(string Limit, string Message) : ConversationEnd;

    /// <summary>The answer that the task asks for was not handed in, or does not fit, as often as it was asked for.</summary>
    public sealed record Unanswered(string Message) : ConversationEnd;

    /// <summary>The policy stood in the way of what the task needs.</summary>
    public sealed record Blocked(string Reason, string Message) : ConversationEnd;
}
