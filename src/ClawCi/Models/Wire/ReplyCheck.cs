using System.Runtime.InteropServices;
using System.Text.Json;
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

    private const int CharactersPerToken = 4;

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
        var length = message.Content.Sum(LengthOf);
        if (length > MaxLength)
            throw new ModelException(
                ModelFailure.ReplyTooLarge,
                $"{where}: the reply has more than {MaxLength >> 20} Mi characters; none is so long"
            );
        if (Problem(message, stopReason, usage) is { } problem)
            throw Invalid(where, problem);
        // What nobody counted is not free.
        var isEstimated = message.Content.Count > 0 && usage == new Usage();
        if (isEstimated)
            usage = new Usage(OutputTokens: Math.Max(1, length / CharactersPerToken));
        return new ModelReply(message, stopReason!, usage, model, requestId) { IsEstimated = isEstimated };
    }

    /// <exception cref="ModelException">Nothing was said where something had to be: only to what its tools answered may a model that is done say nothing.</exception>
    public static ModelReply Answering(string where, ModelReply reply, ModelRequest request) =>
        reply is { StopReason: StopReasons.EndTurn, Message.Content.Count: 0 }
        && !request.Messages[^1].Content.Any(block => block is ToolResultBlock)
            ? throw Invalid(where, Empty(reply.StopReason))
            : reply;

    private static string Empty(string stopReason) => $"an empty message (stop reason {Snippet.Of(stopReason, 40)})";

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
    private static string? Problem(Message message, string? stopReason, Usage usage)
    {
        if (stopReason is null)
            return "a message without a stop reason";
        if (message.Content.Count == 0 && !MayBeEmpty(stopReason, usage))
            return Empty(stopReason);
        var uses = message.ToolUses.ToList();
        if (stopReason is StopReasons.ToolUse && uses.Count == 0)
            return "a stop for a tool use without a tool use";
        if (uses.Any(use => use.Id is "" || use.Name is ""))
            return "a tool use without an id or a name";
        if (message.Content.OfType<UnknownBlock>().Any(IsTooDeep))
            return $"a content block of more than {UnknownBlock.MaxDepth} levels";
        return uses.DistinctBy(use => use.Id).Count() != uses.Count ? "two tool uses with one id" : null;
    }

    /// <summary>
    /// Two reasons stop the model before its first word, and a model that is done may have nothing to add: that takes it two or three
    /// tokens, where a server that fails counts none. https://docs.claude.com/en/api/handling-stop-reasons
    /// </summary>
    private static bool MayBeEmpty(string stopReason, Usage usage) =>
        stopReason is StopReasons.Refusal or StopReasons.ContextWindowExceeded
        || (stopReason is StopReasons.EndTurn && usage.OutputTokens > 0);

    private static bool IsTooDeep(UnknownBlock block)
    {
        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(block.Raw));
        while (reader.Read())
        {
            if (
                reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray
                && reader.CurrentDepth >= UnknownBlock.MaxDepth
            )
                return true;
        }
        return false;
    }

    public static ModelException Invalid(string where, string holds, Exception? inner = null) =>
        new(ModelFailure.InvalidReply, $"{where}: the reply holds {holds}", status: 200, inner: inner);
}
