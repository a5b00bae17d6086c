using System.Runtime.InteropServices;
using ClawCi.Messages;

namespace ClawCi.Models.Wire;

/// <summary>What every reply must be, whoever gave it.</summary>
internal static class ReplyCheck
{
    /// <summary>
    /// 128 characters, the longest that tokens are, for each of the 32 000 tokens that are asked for at most. A reply is
    /// copied a dozen times on its way to transcript, console and reports.
    /// </summary>
    private const int MaxLength = 4 * 1024 * 1024;

    /// <summary>The reply of which this is the message.</summary>
    /// <param name="where">Names the endpoint in failures.</param>
    /// <exception cref="ModelException">It is none.</exception>
    public static ModelReply Reply(
        string where,
        Message message,
        string? stopReason,
        Usage usage,
        string model,
        string? requestId
    )
    {
        if (message.Content.Sum(LengthOf) > MaxLength)
            throw new ModelException(
                ModelFailure.ReplyTooLarge,
                $"{where}: the reply has more than {MaxLength >> 20} Mi characters; none is so long"
            );
        return Problem(message, stopReason) is { } problem
            ? throw Invalid(where, problem)
            : new ModelReply(message, stopReason!, usage, model, requestId);
    }

    private static long LengthOf(ContentBlock block) =>
        block switch
        {
            TextBlock text => text.Text.Length,
            ThinkingBlock thinking => thinking.Thinking.Length + thinking.Signature.Length,
            ToolUseBlock use => (use.MalformedInput?.Length ?? 0) + JsonMarshal.GetRawUtf8Value(use.Input).Length,
            UnknownBlock unknown => JsonMarshal.GetRawUtf8Value(unknown.Raw).Length,
            _ => 0,
        };

    /// <returns>What is wrong with it, as what it holds; null when nothing is.</returns>
    private static string? Problem(Message message, string? stopReason)
    {
        if (stopReason is null)
            return "a message without a stop reason";
        // These two stop the model before its first word; everything else without a word is a fault.
        if (message.Content.Count == 0 && stopReason is not (StopReasons.Refusal or StopReasons.ContextWindowExceeded))
            return $"an empty message (stop reason {Snippet.Of(stopReason, 40)})";
        var uses = message.ToolUses.ToList();
        if (stopReason is StopReasons.ToolUse && uses.Count == 0)
            return "a stop for a tool use without a tool use";
        if (uses.Any(use => use.Id is "" || use.Name is ""))
            return "a tool use without an id or a name";
        return uses.DistinctBy(use => use.Id).Count() != uses.Count ? "two tool uses with one id" : null;
    }

    public static ModelException Invalid(string where, string holds, Exception? inner = null) =>
        new(ModelFailure.InvalidReply, $"{where}: the reply holds {holds}", status: 200, inner: inner);
}
