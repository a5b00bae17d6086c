using System.Runtime.InteropServices;
using ClawCi.ToolServer.Commands;
using ClawCi.ToolServer.Probes;

namespace ClawCi.ToolServer.Guard;

/// <summary>
/// <c>guard USER VERB…</c>: where there is no container, what one would do. Runs the verb as another user, and when it has
/// ended, or whoever asked for it is gone, kills everything that it started.
/// </summary>
internal static class GuardVerb
{
    private const int Kill = 9;
    private const int WithoutHanging = 1;
    private const int PauseMilliseconds = 50;
    private const int Rounds = 200;

    /// <param name="user">A number, or <c>-</c> for the same.</param>
    /// <param name="words">A verb of this program, and its arguments.</param>
    /// <returns>0 when nothing that was started is left; 1 when something is.</returns>
    public static int Run(string user, IReadOnlyList<string> words)
    {
        // Out of the runner's terminal: an interrupt there is the runner's to answer.
        _ = Kernel.Call(Kernel.NewSession);
        var runner = Kernel.ParentId;
        var asked = false;
        using var signal = PosixSignalRegistration.Create(
            PosixSignal.SIGTERM,
            context => context.Cancel = asked = true
        );
        var child = GuardSpawn.Start(["become", user, .. words]);
        if (child < 0)
            return 1;
        // Only the child may hold them: the runner waits for their end.
        _ = CommandLibc.Close(0);
        _ = CommandLibc.Close(1);
        while (
            !Volatile.Read(ref asked)
            && CommandLibc.WaitPid(child, out _, WithoutHanging) == 0
            && (int)Kernel.Call(Kernel.Parent).Result == runner
        )
            Pause();
        _ = CommandLibc.Kill(child, Kill);
        for (var round = 0; round < Rounds; round++)
        {
            ProcessFamily.KillDescendants();
            if (user != "-")
                EndAll(user);
            var reaped = 1;
            while (reaped > 0)
                reaped = CommandLibc.WaitPid(-1, out _, WithoutHanging);
            // No child is left, and every orphan would have become one.
            if (reaped < 0)
                return 0;
            Pause();
        }
        return 1;
    }

    /// <summary>By the user's own hand and in one call of the kernel's: no fork is faster.</summary>
    private static void EndAll(string user)
    {
        if (GuardSpawn.Start(["become", user, "end-all"]) is > 0 and var child)
            _ = CommandLibc.WaitPid(child, out _, 0);
    }

    private static unsafe void Pause() => _ = CommandLibc.Poll(null, 0, PauseMilliseconds);
}
