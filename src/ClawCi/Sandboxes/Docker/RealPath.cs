using System.Runtime.InteropServices;
using System.Text;

namespace ClawCi.Sandboxes.Docker;

internal static partial class RealPath
{
    private const int LongestPath = 4096;

    /// <summary>The path without symbolic links, of which .NET resolves only the last. Null when it is not there.</summary>
    public static unsafe string? Of(string path)
    {
        var buffer = stackalloc byte[LongestPath + 1];
        return realpath(path, buffer) is null
            ? null
            : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(buffer));
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial byte* realpath(string path, byte* resolved);
}
