using System.Text;
using ClawCi.Events;
using ClawCi.Messages;
using ClawCi.Sessions;

namespace ClawCi.Conversations.Compaction;

/// <summary>
/// Makes tool results shorter, which hold most of a long conversation and are least missed: the model can look again. A result
/// stays where it is, so that none is parted from its tool use.
/// </summary>
internal static class Pruning
{
    /// <summary>A shorter one is not worth a marker.</summary>
    private const int LeastBytes = 600;

    private const int SubjectLength = 160;

    /// <summary>Markers in the place of the results of messages before an index.</summary>
    public static IEnumerable<PrunedResult> Old(Session session, SessionNotes notes, int before)
    {
        var uses = new Dictionary<string, ToolUseBlock>();
        for (var i = 0; i < before; i++)
            foreach (var (block, content) in session.Messages[i].Content.Index())
            {
                if (content is ToolUseBlock use)
                    uses[use.Id] = use;
                else if (
                    content is ToolResultBlock result
                    && (result.Media.Count > 0 || Encoding.UTF8.GetByteCount(result.Text) > LeastBytes)
                )
                    yield return new PrunedResult(
                        session.NumberOf(i),
                        block,
                        Marker(result, uses.GetValueOrDefault(result.ToolUseId), session.NumberOf(i), notes)
                    );
            }
    }

    /// <summary>The longest results of the last messages cut, so that all of them have room. The model has not seen them yet.</summary>
    /// <param name="lastReply">Index of the last reply.</param>
    /// <param name="room">In tokens by bytes, for everything from there.</param>
    public static IEnumerable<PrunedResult> Latest(Session session, int lastReply, long room)
    {
        var results =
            from i in Enumerable.Range(lastReply, session.Messages.Count - lastReply)
            from item in session.Messages[i].Content.Index()
            where item.Item is ToolResultBlock
            select (Number: session.NumberOf(i), Block: item.Index, Result: (ToolResultBlock)item.Item);
        var all = results.ToList();
        var others =
            session.Messages.Skip(lastReply).Sum(PromptEstimate.Of) - all.Sum(item => PromptEstimate.Of(item.Result));
        // A piece of everything is shown, whatever else there is: it was asked for a moment ago.
        var each = Share([.. all.Select(item => PromptEstimate.Of(item.Result))], Math.Max(room - others, room / 4));
        foreach (var (number, block, result) in all.Where(item => PromptEstimate.Of(item.Result) > each))
            yield return new PrunedResult(number, block, Cut(result, number, each));
    }

    /// <summary>How much each may have at most for all to have room.</summary>
    private static long Share(long[] sizes, long room)
    {
        Array.Sort(sizes);
        for (var i = 0; i < sizes.Length; i++)
        {
            var share = room / (sizes.Length - i);
            if (sizes[i] > share)
                return share;
            room -= sizes[i];
        }
        return long.MaxValue;
    }

    private static string Marker(ToolResultBlock result, ToolUseBlock? use, int number, SessionNotes notes)
    {
        var subject = use is null ? "" : ToolSubject.Of(use.Input).ReplaceLineEndings("; ");
        if (subject.Length > SubjectLength)
            subject = subject[..SubjectLength] + "…";
        var answer = notes.AnswerTo(result.ToolUseId);
        var exit = answer?.ExitCode is { } code ? $", exit code {code}" : "";
        var blob = answer?.Blob is { } name ? $", the rest in blob {name}" : "";
        return $"[Pruned by the runner to save room: what {use?.Name ?? "a tool"} answered"
            + (subject.Length > 0 ? $" to `{subject}`" : "")
            + $"{exit}; {result.Text.Length} characters{Media(result)}. It is in the transcript, message {number}{blob}. Ask again if you need it.]";
    }

    private static string Cut(ToolResultBlock result, int number, long tokens)
    {
        var bytes = (int)Math.Min(tokens * PromptEstimate.BytesPerToken, int.MaxValue) - LeastBytes / 2;
        var text = BothEnds.Of(
            result.Text,
            Math.Max(bytes, LeastBytes / 2),
            $"cut by the runner to save room, the transcript has all of it (message {number}); ask for a part if you need it"
        );
        return result.Media.Count == 0 ? text : $"{text}\n[left out{Media(result)}]";
    }

    private static string Media(ToolResultBlock result) =>
        result.Media.Count == 0 ? "" : $" and {result.Media.Count} images or documents";
}
