using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.Shared;

internal static partial class PipeCalls
{
    /// <summary>FIONREAD of ioctl_tty(2), which pipes know too.</summary>
    public const nuint BytesToRead = 0x541B;

    /// <returns>0, or less when it cannot be said.</returns>
    [LibraryImport("libc", EntryPoint = "ioctl")]
    public static partial int Ioctl(SafePipeHandle pipe, nuint request, out int count);
}
