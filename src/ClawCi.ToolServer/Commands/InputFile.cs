using System.Runtime.InteropServices;

namespace ClawCi.ToolServer.Commands;

/// <summary>What a command reads on its standard input: a file in memory, so that nobody has to write while it reads.</summary>
internal sealed unsafe class InputFile : IDisposable
{
    private const uint CloseOnExec = 1;
    private const int NoSpace = 28;

    private InputFile(int descriptor) => Descriptor = descriptor;

    /// <summary>At its start.</summary>
    public int Descriptor { get; }

    /// <param name="error">Zero, or the error number.</param>
    public static InputFile? Of(ReadOnlySpan<byte> content, out int error)
    {
        error = 0;
        var descriptor = CommandLibc.MemoryFile("input", CloseOnExec);
        if (descriptor < 0)
        {
            error = Marshal.GetLastPInvokeError();
            return null;
        }
        var file = new InputFile(descriptor);
        for (var written = 0; written < content.Length; )
        {
            nint more;
            fixed (byte* bytes = content[written..])
                more = CommandLibc.WriteAt(descriptor, bytes, (nuint)(content.Length - written), written);
            if (more <= 0)
            {
                error = NoSpace;
                file.Dispose();
                return null;
            }
            written += (int)more;
        }
        return file;
    }

    public void Dispose() => _ = CommandLibc.Close(Descriptor);
}
