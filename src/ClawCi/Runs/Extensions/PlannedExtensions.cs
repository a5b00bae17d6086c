using ClawCi.Events;
using ClawCi.Hooks;
using ClawCi.Runs.Planning;

namespace ClawCi.Runs.Extensions;

/// <summary>What commands, skills and plugins make of a task.</summary>
/// <param name="Prompt">The task's, or what the command makes of it; templates not yet filled in.</param>
/// <param name="Command">The one that the prompt begins with; null when it begins with none.</param>
/// <param name="Hooks">Of plugins.</param>
/// <param name="Servers">Of plugins.</param>
/// <param name="Parts">What takes part, and what was refused.</param>
internal sealed record PlannedExtensions(
    string Prompt,
    Command? Command,
    IReadOnlyList<Hook> Hooks,
    IReadOnlyList<McpServerSource> Servers,
    IReadOnlyList<Skill> Skills,
    IReadOnlyList<LoadedPart> Parts
);
