using System.Runtime.InteropServices;

namespace ClawCi.ChangeSets.Posix;

/// <summary>A system call said no.</summary>
internal sealed class PosixException(int error, ReadOnlySpan<byte> path)
    : IOException($"{ChangePath.Display(path)}: {Marshal.GetPInvokeErrorMessage(error)}")
{
    public int Error { get; } = error;
}

/// <summary>The errors that mean something to us.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int WouldBlock = 11;
    public const int Exists = 17;
    public const int NotDirectory = 20;
    public const int Invalid = 22;
    public const int NotImplemented = 38;
    public const int NotEmpty = 39;
    public const int Loop = 40;
}
