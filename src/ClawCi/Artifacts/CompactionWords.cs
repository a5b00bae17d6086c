using ClawCi.Events;

namespace ClawCi.Artifacts;

/// <summary>Compactions as people read of them.</summary>
internal static class CompactionWords
{
    /// <summary><c>8,248 to 2,070 tokens; 1 tool result pruned, messages 1 to 29 summed up for $0.01</c>.</summary>
    public static string Of(Compacted compacted)
    {
        List<string> done = [];
        if (compacted.Pruned.Count > 0)
            done.Add($"{Amount.Count(compacted.Pruned.Count, "tool result")} pruned");
        if (compacted.Replaced is { } replaced)
            done.Add(
                $"messages {replaced.First} to {replaced.Last} summed up"
                    + (replaced.ByModel ? $" for {Amount.Cost(compacted.CostUsd)}" : " without the model")
            );
        var after = compacted.Trigger == Compacted.Overflow ? "; the model's window was full" : "";
        return $"{Amount.Number(compacted.TokensBefore)} to {Amount.Number(compacted.TokensAfter)} tokens; {string.Join(", ", done)}{after}";
    }

    /// <summary>All of a task in a line; null when there was none.</summary>
    public static string? Of(IReadOnlyList<Compacted> compactions)
    {
        if (compactions.Count == 0)
            return null;
        var summed = compactions.Where(compacted => compacted.Replaced is not null).ToList();
        var pruned = compactions.Sum(compacted => compacted.Pruned.Count);
        return $"{Amount.Number(compactions.Count)}: {Amount.Count(pruned, "tool result")} pruned"
            + (
                summed.Count == 0
                    ? ""
                    : $", {Amount.Count(summed.Count, "summary", "summaries")} for {Amount.Cost(summed.Sum(compacted => compacted.CostUsd ?? 0))}"
            );
    }
}
