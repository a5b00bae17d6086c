using ClawCi.Conversations;
using ClawCi.Conversations.Compaction;
using ClawCi.Events;
using ClawCi.Models;
using ClawCi.Runs.Planning;
using ClawCi.Sessions;
using ClawCi.Tools;

namespace ClawCi.Runs;

/// <summary>Puts a task's conversation together.</summary>
internal static class TaskConversation
{
    /// <param name="resumed">How far a killed run had come with it.</param>
    /// <param name="events">Hand every event to <paramref name="notes"/> too.</param>
    public static Conversation Of(
        PlannedTask task,
        ModelCaller model,
        ToolSet tools,
        ToolDispatcher dispatcher,
        Session session,
        SessionNotes notes,
        Answers answers,
        Ledger ledger,
        TaskHooks hooks,
        IRunObserver events,
        TimeProvider time,
        Progress? resumed
    )
    {
        Task<string?> Announce(long tokens, CancellationToken ct) => hooks.BeforeCompactionAsync("auto", tokens, ct);
        var compactor = new Compactor(model, task.CompactAtTokens, notes, Announce, events, time);
        return new Conversation(compactor, tools, dispatcher, task.Policy, session, ledger, events, answers, resumed);
    }
}
