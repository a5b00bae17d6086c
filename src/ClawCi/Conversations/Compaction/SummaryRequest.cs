using ClawCi.Messages;
using ClawCi.Models;
using ClawCi.Sessions;

namespace ClawCi.Conversations.Compaction;

/// <summary>How a model is asked to sum a conversation up, and what of its answer counts.</summary>
internal static class SummaryRequest
{
    /// <summary>With the blank after it, and some room to spare.</summary>
    private const int BytesPerWord = 8;

    /// <summary>
    /// The conversation as it is, so that the provider's cache is used, with the question at its end. It stands in the message
    /// with the last tool results: two messages of the same role may not follow each other.
    /// </summary>
    /// <param name="maxBytes">What is longer is cut.</param>
    /// <param name="advice">A hook's, what the summary is to keep in mind.</param>
    public static IReadOnlyList<Message> For(IReadOnlyList<Message> messages, int maxBytes, string? advice)
    {
        var words = Math.Max(60, maxBytes / BytesPerWord);
        var question = new TextBlock(Question(words, advice));
        return messages[^1] is { Role: Role.User } last
            ? [.. messages.SkipLast(1), last with { Content = [.. last.Content, question] }]
            : [.. messages, new Message(Role.User, [question])];
    }

    /// <returns>Null when the reply is no summary.</returns>
    public static string? Of(ModelReply reply) =>
        reply.StopReason is StopReasons.Refusal || string.IsNullOrWhiteSpace(reply.Message.Text)
            ? null
            : reply.Message.Text.Trim()
                + (reply.StopReason is StopReasons.MaxTokens ? "\n[the summary was cut here]" : "");

    private static string Question(int words, string? advice) =>
        $"""
            [From the runner] This conversation nears the limit of your context, so that you will not see most of it any more. Sum
            it up now, for yourself: after this you go on with the task from the task's text, the runner's notes (what you were told
            last, open failures, files you read and changed, commands you ran) and this summary. Answer with the summary alone, in at
            most {words} words; call no tool, and do not go on with the work yet. Use these headings, and write "none" where there is
            nothing:

            ## Goal
            What is to be reached, with every condition of the task that is still to be met.
            ## {SummarySections.Decisions}
            What was decided and why, one in a line; also what was tried and given up.
            ## Done
            What was changed, file by file, and how it is known to work.
            ## State
            What you found out and still need: names, places (file:line), exact messages, what works and what does not.
            ## Next
            The next steps, in order.
            """ + (string.IsNullOrWhiteSpace(advice) ? "" : $"\n\nKeep in mind: {advice.Trim()}");
}
