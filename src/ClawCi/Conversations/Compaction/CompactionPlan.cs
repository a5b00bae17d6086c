using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;

namespace ClawCi.Conversations.Compaction;

/// <summary>What of a conversation is to be sent no more, or shorter. All sizes are tokens as counted from bytes.</summary>
/// <param name="Pruned">Tool results that become shorter.</param>
/// <param name="Last">Number of the last message that a summary is to stand for; null when pruning is enough.</param>
/// <param name="Room">What the conversation may have.</param>
internal sealed record CompactionPlan(IReadOnlyList<PrunedResult> Pruned, int? Last, long Room)
{
    /// <summary>How long the notes may be that are carried over, and how long the summary.</summary>
    public int CarriedBytes => (int)Math.Min(Room / 8 * PromptEstimate.BytesPerToken, 1 << 20);

    public bool IsNothing => Pruned.Count == 0 && Last is null;

    /// <param name="size">Of a whole request with such messages.</param>
    public static CompactionPlan Of(
        Session session,
        SessionNotes notes,
        long room,
        Func<IReadOnlyList<Message>, long> size
    )
    {
        var lately = room / 4;
        var last = MessageGroups.Last(session.Messages);
        var recent = Math.Min(MessageGroups.Recent(session.Messages, PromptEstimate.Of, lately), Math.Max(last, 0));
        var pruned = Pruning.Old(session, notes, recent).ToList();
        if (recent == last && last >= 0)
            pruned.AddRange(Pruning.Latest(session, last, lately));
        var trial = session.With(With(pruned));
        // Much less than the room: the next compaction should not follow at once.
        if (pruned.Count > 0 && size(trial.Messages) <= room / 5 * 3)
            return new(pruned, null, room);
        // Shorter results leave room for more messages.
        var kept = MessageGroups.Recent(trial.Messages, PromptEstimate.Of, lately);
        if (kept < 2)
            return new(pruned, null, room);
        var replaced = session.NumberOf(kept - 1);
        return new([.. pruned.Where(result => result.Message > replaced)], replaced, room);
    }

    public Compacted Event(string trigger, SessionNotes notes, Summary? summary)
    {
        if (Last is not { } last || summary is null)
            return With(Pruned) with { Trigger = trigger };
        var text = CarriedText.Bounded(summary.Text, CarriedBytes);
        return new Compacted(
            trigger,
            0,
            0,
            Pruned,
            new ReplacedMessages(
                1,
                last,
                CarriedText.Message(notes, last, text, summary.ByModel, CarriedBytes),
                text,
                summary.ByModel
            ),
            summary.Usage,
            summary.CostUsd,
            0
        );
    }

    /// <summary>The end of the conversation that a request for a summary has room for when the whole is too long.</summary>
    public IReadOnlyList<Message> Excerpt(Session session, SessionNotes notes)
    {
        var trial = session.With(With([.. Pruning.Old(session, notes, session.Messages.Count - 1), .. Pruned]));
        var from = Math.Max(1, MessageGroups.Recent(trial.Messages, PromptEstimate.Of, Room / 2));
        return [trial.Messages[0], .. trial.Messages.Skip(from)];
    }

    private static Compacted With(IReadOnlyList<PrunedResult> pruned) =>
        new(Compacted.Threshold, 0, 0, pruned, null, null, null, 0);
}
