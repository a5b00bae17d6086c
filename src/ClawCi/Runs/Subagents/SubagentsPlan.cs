namespace ClawCi.Runs.Subagents;

/// <summary>The subagents that a task's model may start.</summary>
/// <param name="Max">How many work at the same time.</param>
internal sealed record SubagentsPlan(int Max, IReadOnlyList<SubagentType> Types);
