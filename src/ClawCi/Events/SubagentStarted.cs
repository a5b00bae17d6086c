namespace ClawCi.Events;

/// <summary>A subagent began, for a tool call of the conversation above it. Its own lines have its <c>agent_id</c>, this one included.</summary>
/// <param name="ToolUseId">Of the call, whose result is its answer.</param>
/// <param name="Kind">Its type: <c>general</c>, or what a file of the workspace is called.</param>
/// <param name="Source">The file that the type is from; null for one that is built in.</param>
/// <param name="Description">What it is to do, in a few words of the model's.</param>
/// <param name="Model">The model that it begins with, as the task names it.</param>
/// <param name="Tools">What it is offered.</param>
internal sealed record SubagentStarted(
    string ToolUseId,
    string Kind,
    string? Source,
    string Description,
    string Model,
    IReadOnlyList<string> Tools,
    string System
) : RunEvent;
