using ClawCi.Permissions;

namespace ClawCi.Runs.Subagents;

/// <summary>A kind of subagent that the model may start.</summary>
/// <param name="Name">Lower-case letters, digits and hyphens.</param>
/// <param name="Description">What it is for, for the model that starts it.</param>
/// <param name="Prompt">What it is told besides; empty when nothing.</param>
internal sealed record SubagentType(string Name, string Description, string Prompt)
{
    /// <summary>Knows nothing but what it is told, and may do what the conversation above it may.</summary>
    public static SubagentType General { get; } =
        new("general", "any part of the work, with the same tools as you", "");

    /// <summary>Path of the file in the workspace that it is from; null when it is built in.</summary>
    public string? Source { get; init; }

    /// <summary>What its calls must pass besides, and which tools it has at all; null takes nothing away.</summary>
    public PolicyLayer? Only { get; init; }

    /// <summary>The one of the task's models that it begins with; null is the first.</summary>
    public string? Model { get; init; }

    /// <summary>Whether it has the tool, however else it is decided on.</summary>
    public bool Has(string tool) => Only is null || Only.Rules.Any(rule => rule.Tools.Contains(tool));
}
