using ClawCi.Conversations;
using ClawCi.Events;
using ClawCi.Hooks;
using ClawCi.Models;
using ClawCi.Permissions;
using ClawCi.Runs.Planning;
using ClawCi.Runs.Resume;
using ClawCi.Sessions;
using ClawCi.Tools;

namespace ClawCi.Runs.Subagents;

/// <summary>
/// Conversations below a task's own: each begins with nothing but its part, has no more tools and rights than the one above it, works in
/// the same sandbox, and what it uses and is denied counts in the task. None starts others.
/// </summary>
/// <param name="events">The task's. Each subagent's are handed on with its name.</param>
/// <param name="resumed">Of a killed run: the names of those that it had begun are taken.</param>
#pragma warning disable CA1001 // A semaphore that nobody waits for by its handle holds nothing.
internal sealed class SubagentRunner(
    PlannedTask task,
    SubagentsPlan plan,
    IReadOnlyList<Model> models,
    HookRunner hooks,
    Ledger ledger,
    Denials denials,
    TaskClock clock,
    IRunObserver events,
    RunServices services,
    Resumption? resumed
)
#pragma warning restore CA1001
{
    private const int LongestAnswer = 30_000;

    /// <summary>A recording tells what was said one after the other.</summary>
    private readonly SemaphoreSlim _free = new(
        services.Record || task.Model.Name.Provider == ModelName.Replay ? 1 : plan.Max
    );

    private int _count = resumed?.Progress.Subagents ?? 0;

    /// <returns>Null when the task's model may start none.</returns>
    public static SubagentRunner? Of(
        PlannedTask task,
        IReadOnlyList<Model> models,
        HookRunner hooks,
        Ledger ledger,
        Denials denials,
        TaskClock clock,
        IRunObserver events,
        RunServices services,
        Resumption? resumed
    ) =>
        task.Subagents is { } plan
            ? new(task, plan, models, hooks, ledger, denials, clock, events, services, resumed)
            : null;

    public Tool Tool => SubagentTool.Of(plan, RunAsync);

    /// <summary>What the conversation above is offered. Set before it begins.</summary>
    public ToolSet? Above { get; set; }

    private async Task<ToolOutput> RunAsync(SubagentPart part, CancellationToken cancellationToken)
    {
        var id = $"{part.Type.Name}-{Interlocked.Increment(ref _count)}";
        await _free.WaitAsync(cancellationToken);
        try
        {
            return await ConverseAsync(part, id, cancellationToken);
        }
        finally
        {
            _free.Release();
        }
    }

    private async Task<ToolOutput> ConverseAsync(SubagentPart part, string id, CancellationToken cancellationToken)
    {
        var type = part.Type;
        var notes = new SessionNotes();
        var seen = new Observers(notes, new AgentEvents(id, events));
        var policy = type.Only is null ? task.Policy : task.Policy.Narrowed(type.Only);
        var tools = Above!.Narrowed(policy, tool => Keeps(type, tool));
        var system = SubagentPrompt.Of(task, type);
        Model[] chain = [.. models.SkipWhile(model => type.Model is { } chosen && model.Name != chosen)];
        seen.On(
            new SubagentStarted(
                part.ToolUseId,
                type.Name,
                type.Source,
                part.Description,
                chain[0].Name,
                [.. tools.Names],
                system
            )
        );
        var session = new Session(id);
        var own = hooks.With(seen);
        var conversation = TaskConversation.Of(
            task,
            new ModelCaller(chain, system, task.Effort, clock.Deadline, seen, services.Time),
            tools,
            new ToolDispatcher(tools, policy, own, seen, services.Time, denials),
            session,
            notes,
            new Answers(null),
            ledger,
            new TaskHooks(own),
            seen,
            services.Time,
            resumed: null
        );
        return Answer(await conversation.RunAsync(part.Prompt, cancellationToken), session.LastText);
    }

    private static bool Keeps(SubagentType type, Tool tool)
    {
        var name = tool.Mcp is null ? tool.Definition.Name : ToolNames.Mcp;
        return name is not (ToolNames.Agent or ToolNames.TodoWrite)
            && !ToolNames.IsAnswer(name)
            && (type.Has(name) || (ToolNames.BelongsToBash(name) && type.Has(ToolNames.Bash)));
    }

    private static ToolOutput Answer(ConversationEnd end, string said)
    {
        said = BothEnds.Of(said, LongestAnswer, "the transcript has it");
        var why = end switch
        {
            ConversationEnd.Completed when said.Length > 0 => null,
            ConversationEnd.Completed => "It ended without a word.",
            ConversationEnd.Refused => "It refused.",
            ConversationEnd.LimitHit limit => limit.Message,
            ConversationEnd.Blocked blocked => blocked.Message,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return why is null
            ? new(said, IsError: false)
            : new(
                $"The agent did not come to its end: {why}{(said.Length > 0 ? $"\nIt said last:\n{said}" : "")}",
                true
            );
    }
}
