using System.Runtime.InteropServices;
using System.Text;

namespace ClawCi.ToolServer.Commands;

/// <summary>Starts a program in a session of its own, with one pipe for both outputs.</summary>
internal static unsafe class Spawn
{
    // POSIX_SPAWN_SETSIGDEF, POSIX_SPAWN_SETSIGMASK, POSIX_SPAWN_SETSID
    private const short Flags = 0x04 | 0x08 | 0x80;

    // At least what glibc's opaque types take on any 64-bit machine: 336, 80 and 128 bytes.
    private const int OpaqueBytes = 512;

    /// <summary>Kept open: where the agent is the owner of /dev, one of its commands may delete what is there.</summary>
    private static readonly int Empty = CommandLibc.Open("/dev/null", CommandLibc.CloseOnExec);

    /// <param name="input">Becomes its standard input; -1 for an empty one.</param>
    /// <param name="output">Becomes both its outputs; -1 leaves it all three streams of this process.</param>
    /// <param name="control">Becomes the program's descriptor 3; -1 for none.</param>
    /// <returns>Zero, or the error number.</returns>
    public static int Start(
        IReadOnlyList<string> arguments,
        IReadOnlyList<string> environment,
        string directory,
        int input,
        int output,
        int control,
        out int pid
    )
    {
        var attributes = stackalloc byte[OpaqueBytes];
        var actions = stackalloc byte[OpaqueBytes];
        var signals = stackalloc byte[OpaqueBytes];
        using var argv = new StringVector(arguments);
        using var envp = new StringVector(environment);
        _ = CommandLibc.AttributesInit(attributes);
        _ = CommandLibc.ActionsInit(actions);
        try
        {
            _ = CommandLibc.AttributesSetFlags(attributes, Flags);
            new Span<byte>(signals, OpaqueBytes).Clear();
            _ = CommandLibc.AttributesSetSignalMask(attributes, signals);
            // The runtime ignores SIGPIPE and handles others; the child wants them as they were.
            new Span<byte>(signals, OpaqueBytes).Fill(0xFF);
            _ = CommandLibc.AttributesSetSignalDefaults(attributes, signals);
            var error = 0;
            if (output >= 0)
            {
                error = CommandLibc.ActionsAddDup(actions, input >= 0 ? input : Empty, 0);
                error |= CommandLibc.ActionsAddDup(actions, output, 1);
                error |= CommandLibc.ActionsAddDup(actions, output, 2);
            }
            if (control >= 0)
                error |= CommandLibc.ActionsAddDup(actions, control, 3);
            error |= CommandLibc.ActionsAddChangeDirectory(actions, directory);
            pid = 0;
            return error != 0
                ? error
                : CommandLibc.PosixSpawn(out pid, argv.Pointer[0], actions, attributes, argv.Pointer, envp.Pointer);
        }
        finally
        {
            _ = CommandLibc.ActionsDestroy(actions);
            _ = CommandLibc.AttributesDestroy(attributes);
        }
    }

    /// <summary>A null-terminated array of C strings, in one block of native memory.</summary>
    private readonly ref struct StringVector
    {
        public StringVector(IReadOnlyList<string> strings)
        {
            var pointers = (nuint)(strings.Count + 1) * (nuint)sizeof(byte*);
            var bytes = strings.Sum(s => Encoding.UTF8.GetByteCount(s) + 1);
            Pointer = (byte**)NativeMemory.Alloc(pointers + (nuint)bytes);
            var at = (byte*)Pointer + pointers;
            for (var i = 0; i < strings.Count; i++)
            {
                Pointer[i] = at;
                at += Encoding.UTF8.GetBytes(strings[i], new Span<byte>(at, bytes));
                *at++ = 0;
            }
            Pointer[strings.Count] = null;
        }

        public byte** Pointer { get; }

        public void Dispose() => NativeMemory.Free(Pointer);
    }
}
