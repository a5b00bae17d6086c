using System.Globalization;
using System.Runtime.InteropServices;
using ClawCi.ToolServer.Commands;
using ClawCi.ToolServer.Probes;

namespace ClawCi.ToolServer.Guard;

/// <summary>
/// <c>become USER VERB…</c>: this program again as another user, without groups and without a way to new privileges. By
/// execve, so that every thread of what comes has them lost.
/// </summary>
internal static unsafe partial class BecomeVerb
{
    private const int NoNewPrivileges = 38;
    private const int Core = 4;
    private const int KillSignal = 9;

    /// <returns>Only when it failed; then nothing was run.</returns>
    public static int Run(string user, IReadOnlyList<string> words, TextWriter error)
    {
        var limit = stackalloc ulong[2];
        // While the way there is open to whoever this still is.
        var self = Environment.ProcessPath!;
        var problem = Lose(user);
        if (problem is null && CommandLibc.PrCtl(NoNewPrivileges, 1, 0, 0, 0) != 0)
            problem = "new privileges could not be renounced";
        _ = Kernel.Call(Kernel.Limits, 0, Core, (nint)limit);
        if (problem is not null)
        {
            error.WriteLine(problem);
            return 1;
        }
        if (words is ["end-all"])
        {
            _ = CommandLibc.Kill(-1, KillSignal);
            return 0;
        }
        var argv = GuardSpawn.Strings([self, .. words]);
        _ = Exec(*argv, argv);
        error.WriteLine(
            $"{self} could not be run as user {user}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}"
        );
        return 1;
    }

    /// <summary>Null, or what did not work.</summary>
    private static string? Lose(string user)
    {
        if (user == "-")
            return null;
        var id = nint.Parse(user, CultureInfo.InvariantCulture);
        return
            Kernel.Call(Kernel.SetGroups, 0, 0).Succeeded
            && Kernel.Call(Kernel.SetGroup, id, id, id).Succeeded
            && Kernel.Call(Kernel.SetUser, id, id, id).Succeeded
            ? null
            : $"user {user} could not be taken on: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}";
    }

    /// <summary>With this process's environment, which the runner built from nothing.</summary>
    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true)]
    private static partial int Exec(nint path, nint* arguments);
}
