using System.Runtime.InteropServices;

namespace ClawCi.Sandboxes.Local;

/// <summary>This process, which holds the keys.</summary>
internal static partial class RunnerProcess
{
    private const int SetDumpable = 4;

    /// <summary>Nobody of the same user may read its memory or its environment from now on.</summary>
    public static void Hide() => _ = Control(SetDumpable, 0, 0, 0, 0);

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nuint value, nuint unused3, nuint unused4, nuint unused5);
}
