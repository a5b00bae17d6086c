namespace ClawCi.Runs.Subagents;

/// <summary>A part of the work that the model gives to a subagent.</summary>
/// <param name="ToolUseId">Of the call, which its answer answers.</param>
/// <param name="Description">In a few words; may be empty.</param>
internal sealed record SubagentPart(string ToolUseId, SubagentType Type, string Description, string Prompt);
