namespace ClawCi.Events;

/// <summary>What besides the task itself takes part, from where, and what does not for want of trust. Decided before anything of it starts.</summary>
internal sealed record Loaded(IReadOnlyList<LoadedPart> Parts) : RunEvent;

/// <param name="Kind"><c>plugin</c>, <c>command</c>, <c>skill</c>, <c>hook</c> or <c>mcp-server</c>.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Refused">Why it takes no part; null when it does.</param>
internal sealed record LoadedPart(string Kind, string Name, string Source, string? Refused = null);
