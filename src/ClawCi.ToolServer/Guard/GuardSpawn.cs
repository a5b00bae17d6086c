#pragma warning disable RS0030 // What it starts has this process's own environment, which the runner built from nothing.
using System.Collections;
using System.Runtime.InteropServices;

namespace ClawCi.ToolServer.Guard;

/// <summary>Starts this program again with its own streams and environment.</summary>
internal static unsafe partial class GuardSpawn
{
    /// <returns>The process, or a negative number.</returns>
    public static int Start(IReadOnlyList<string> words)
    {
        var variables = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>();
        var argv = Strings([Environment.ProcessPath!, .. words]);
        var envp = Strings([.. variables.Select(variable => $"{variable.Key}={variable.Value}")]);
        var error = Spawn(out var pid, *argv, 0, 0, argv, envp);
        return error == 0 ? pid : -error;
    }

    /// <summary>A null-terminated array. Never freed: a guard starts a handful.</summary>
    public static nint* Strings(IReadOnlyList<string> strings)
    {
        var pointers = (nint*)NativeMemory.AllocZeroed((nuint)strings.Count + 1, (nuint)sizeof(nint));
        for (var i = 0; i < strings.Count; i++)
            pointers[i] = Marshal.StringToCoTaskMemUTF8(strings[i]);
        return pointers;
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn")]
    private static partial int Spawn(
        out int pid,
        nint path,
        nint actions,
        nint attributes,
        nint* words,
        nint* environment
    );
}
