using ClawCi.Messages;

namespace ClawCi.Sessions;

/// <summary>What of a conversation stays together: a reply and everything that answers it, tool results above all.</summary>
internal static class MessageGroups
{
    /// <summary>
    /// Index at which the last groups begin that have room together; the number of messages when not even the last has.
    /// What comes before the first reply belongs to no group.
    /// </summary>
    public static int Recent(IReadOnlyList<Message> messages, Func<Message, long> size, long room)
    {
        var (start, used) = (messages.Count, 0L);
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            used += size(messages[i]);
            if (used > room)
                break;
            if (messages[i].Role == Role.Assistant)
                start = i;
        }
        return start;
    }

    /// <summary>Index of the last reply; -1 when there is none.</summary>
    public static int Last(IReadOnlyList<Message> messages)
    {
        for (var i = messages.Count - 1; i >= 0; i--)
        {
            if (messages[i].Role == Role.Assistant)
                return i;
        }
        return -1;
    }
}
