using ClawCi.Messages;

namespace ClawCi.Models.Wire;

/// <summary>What every reply must be, whoever gave it.</summary>
internal static class ReplyCheck
{
    /// <returns>What is wrong with it, as what it holds; null when nothing is.</returns>
    public static string? Problem(Message message, string? stopReason)
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
