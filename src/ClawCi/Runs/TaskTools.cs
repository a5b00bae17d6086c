using System.Text.Json;
using ClawCi.Hooks;
using ClawCi.Messages;
using ClawCi.Runs.Planning;
using ClawCi.Tools;

namespace ClawCi.Runs;

/// <summary>The tools of a task that run in the sandbox.</summary>
internal static class TaskTools
{
    /// <summary>
    /// What the tool server offers, from the file that its own tests hold equal to it: the first request is made
    /// before any container is up.
    /// </summary>
    public static IReadOnlyList<ToolDefinition> SandboxTools { get; } = Read();

    /// <param name="run">Runs a call in the sandbox that is up.</param>
    public static IReadOnlyList<Tool> For(Func<ToolCall, CancellationToken, Task<ToolOutput>> run) =>
        [.. SandboxTools.Select(definition => new Tool(definition, run))];

    /// <summary>Where hooks of the sandbox run, and whose input they may change.</summary>
    /// <param name="agent">The one that is up.</param>
    public static HookSandbox ForHooks(PlannedTask task, Func<AgentSandbox> agent) =>
        new(
            task.Sandbox.Workspace,
            [.. SandboxTools.Select(tool => tool.Name)],
            (hook, input, ct) => agent().RunHookAsync(hook, input, ct)
        );

    private static IReadOnlyList<ToolDefinition> Read()
    {
        using var stream = typeof(TaskTools).Assembly.GetManifestResourceStream("tools.json")!;
        using var document = JsonDocument.Parse(stream);
        return
        [
            .. document
                .RootElement.EnumerateArray()
                .Select(tool => new ToolDefinition(
                    tool.GetProperty("name").GetString()!,
                    tool.GetProperty("description").GetString()!,
                    tool.GetProperty("inputSchema").Clone()
                )),
        ];
    }
}
