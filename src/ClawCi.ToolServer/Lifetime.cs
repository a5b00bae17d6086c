using ClawCi.ToolServer.Commands;

namespace ClawCi.ToolServer;

/// <summary>
/// The last of the reasons to end: a runner that hangs keeps our input open, and nobody else comes by. On a thread of its
/// own, because a command may leave none to be had.
/// </summary>
internal static class Lifetime
{
    private const int ExitCode = 124;

    /// <summary>Longer is no bound worth the name, and more than a thread can wait.</summary>
    public const int MostSeconds = 14 * 24 * 60 * 60;

    public static void Begin(int seconds) =>
        new Thread(() => EndAfter(TimeSpan.FromSeconds(seconds)), maxStackSize: 256 * 1024)
        {
            IsBackground = true,
            Name = "lifetime",
        }.Start();

    private static void EndAfter(TimeSpan lifetime)
    {
        using (var never = new ManualResetEvent(initialState: false))
            never.WaitOne(lifetime);
        try
        {
            ProcessFamily.KillDescendants();
        }
        finally
        {
            // Not by the runtime: it would wait for others.
            CommandLibc.Exit(ExitCode);
        }
    }
}
