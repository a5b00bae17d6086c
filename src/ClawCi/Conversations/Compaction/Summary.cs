using ClawCi.Messages;

namespace ClawCi.Conversations.Compaction;

/// <param name="ByModel">False for one that was made without the model.</param>
/// <param name="Usage">Of the request for it, if one was answered.</param>
internal sealed record Summary(string Text, bool ByModel, Usage? Usage = null, decimal? CostUsd = null);
