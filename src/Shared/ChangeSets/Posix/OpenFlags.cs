using System.Runtime.InteropServices;

namespace ClawCi.ChangeSets.Posix;

/// <summary>Flags of open(2). Two of them differ between architectures.</summary>
internal static class OpenFlags
{
    public const int Read = 0;
    public const int Create = 0x1 | 0x40 | 0x80;

    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;

    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    private static readonly int NoFollow = IsArm ? 0x8000 : 0x20000;

    /// <summary>Only a directory will do.</summary>
    public static int Directory { get; } = IsArm ? 0x4000 : 0x10000;

    /// <summary>What every open of ours adds: no symlink as the last component, no waiting for the far end of a fifo.</summary>
    public static int Always { get; } = NoFollow | NonBlocking | CloseOnExec;
}
