using ClawCi.Messages;

namespace ClawCi.Events;

/// <summary>
/// What the model is sent from now on is shorter than what was said. Messages are numbered from 1, as the <c>message</c> events of
/// the task come; with this event their fold is again what is sent, to the byte.
/// </summary>
/// <param name="Trigger"><c>threshold</c>, or <c>overflow</c> when the provider refused the conversation as too long.</param>
/// <param name="TokensBefore">Held by the context: the provider's count of the last reply, and an estimate of what came since.</param>
/// <param name="TokensAfter">An estimate by the same measure.</param>
/// <param name="Pruned">Tool results that are sent in a shorter form.</param>
/// <param name="Replaced">The messages that one message stands for; null when pruning was enough.</param>
/// <param name="Usage">Of the request for the summary.</param>
/// <param name="CostUsd">Of that request; null when its price is not known or none was made.</param>
internal sealed record Compacted(
    string Trigger,
    long TokensBefore,
    long TokensAfter,
    IReadOnlyList<PrunedResult> Pruned,
    ReplacedMessages? Replaced,
    Usage? Usage,
    decimal? CostUsd,
    long DurationMs
) : RunEvent
{
    public const string Threshold = "threshold";
    public const string Overflow = "overflow";
}

/// <param name="Message">Number of the message.</param>
/// <param name="Block">Index of the tool result in its content, from 0.</param>
/// <param name="Text">What is sent instead of its text, without its images and documents.</param>
internal sealed record PrunedResult(int Message, int Block, string Text);

/// <param name="First">Number of the first message that is replaced; always 1.</param>
/// <param name="Last">Number of the last one.</param>
/// <param name="Content">The user message in their place: the task, what the runner carries over, and the summary.</param>
/// <param name="ByModel">False for a summary that was made without the model.</param>
internal sealed record ReplacedMessages(
    int First,
    int Last,
    IReadOnlyList<ContentBlock> Content,
    string Summary,
    bool ByModel
);
