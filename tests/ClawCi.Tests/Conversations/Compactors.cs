using ClawCi.Conversations;
using ClawCi.Conversations.Compaction;
using ClawCi.Events;
using ClawCi.Sessions;

namespace ClawCi.Tests.Conversations;

internal static class Compactors
{
    /// <summary>One that finds nothing to do in a short conversation.</summary>
    public static Compactor Lazy(ModelCaller model, IRunObserver events) =>
        new(model, 200_000, new SessionNotes(), (_, _) => Task.FromResult<string?>(null), events, TimeProvider.System);
}
