using System.Text.Json;
using ClawCi.Events;
using ClawCi.Hooks;
using ClawCi.Messages;
using ClawCi.Permissions;
using ClawCi.Runs.Extensions;
using ClawCi.Runs.Planning;
using ClawCi.Runs.Subagents;
using ClawCi.Tools;
using ClawCi.Web;

namespace ClawCi.Runs;

/// <summary>The tools of a task: those that run in the sandbox, and the runner's own.</summary>
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

    /// <param name="run">As for <see cref="For"/>.</param>
    public static ToolSet Of(
        PlannedTask task,
        Func<ToolCall, CancellationToken, Task<ToolOutput>> run,
        Answers answers,
        SubagentRunner? subagents,
        RunServices services,
        IRunObserver events
    )
    {
        var tools = new ToolSet(
            [
                .. For(run),
                new TodoList(events).Tool,
                .. subagents is null ? Array.Empty<Tool>() : [subagents.Tool],
                .. Fetches(task) ? [WebTool.Of(TaskEgress.Fetcher(task, services, events))] : Array.Empty<Tool>(),
                .. SkillTool.For(task.Skills),
                .. answers.Tools,
            ],
            task.Policy
        );
        subagents?.Above = tools;
        return tools;
    }

    /// <summary>What the model is offered at first: MCP servers are not up then.</summary>
    public static IReadOnlyList<ToolDefinition> Offered(PlannedTask task, Answers answers) =>
        [
            .. SandboxTools
                .Append(TodoList.Definition)
                .Concat(task.Subagents is { } plan ? [SubagentTool.Definition(plan)] : [])
                .Concat(Fetches(task) ? [WebTool.Definition] : [])
                .Concat(SkillTool.For(task.Skills).Select(tool => tool.Definition))
                .Concat(answers.Tools.Select(tool => tool.Definition))
                .Where(tool => !task.Policy.Hides(tool.Name)),
        ];

    /// <summary>A tool that reaches nothing is not offered.</summary>
    private static bool Fetches(PlannedTask task) =>
        !task.Sandbox.Network.IsNone && !task.Policy.Hides(ToolNames.WebFetch);

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
