using System.Runtime.InteropServices;
using System.Text;

namespace ClawCi.ToolServer.Probes;

/// <summary>
/// System calls by number: probes need no program of the image's, and no library of ours stands between them and the
/// kernel.
/// </summary>
internal static unsafe partial class Kernel
{
    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int Create = 0x40;
    private const int CloseOnExec = 0x80000;
    private const int CurrentDirectory = -100;

    public static nint Mount => Number(165, 40);
    public static nint Unmount => Number(166, 39);
    public static nint PivotRoot => Number(155, 41);
    public static nint ChangeRoot => Number(161, 51);
    public static nint MakeNode => Number(259, 33);
    public static nint OpenByHandle => Number(304, 265);
    public static nint Unshare => Number(272, 97);
    public static nint SetNamespace => Number(308, 268);
    public static nint Bpf => Number(321, 280);
    public static nint PerfEventOpen => Number(298, 241);
    public static nint KeyControl => Number(250, 219);
    public static nint UserFaultFd => Number(323, 282);
    public static nint InitModule => Number(175, 105);
    public static nint DeleteModule => Number(176, 106);
    public static nint KexecLoad => Number(246, 104);
    public static nint Reboot => Number(169, 142);
    public static nint ClockSetTime => Number(227, 112);
    public static nint SetHostName => Number(170, 161);
    public static nint SwapOn => Number(167, 224);
    public static nint SysLog => Number(103, 116);
    public static nint Account => Number(163, 89);
    public static nint SetUser => Number(117, 147);
    public static nint SetGroup => Number(119, 149);
    public static nint SetGroups => Number(116, 159);
    public static nint SetPriority => Number(141, 140);
    public static nint SetScheduler => Number(144, 119);
    public static nint Trace => Number(101, 117);
    public static nint ReadOtherMemory => Number(310, 270);
    public static nint Socket => Number(41, 198);
    public static nint Connect => Number(42, 203);
    public static nint SendTo => Number(44, 206);
    public static nint Control => Number(157, 167);
    public static nint Kill => Number(62, 129);
    public static nint Limits => Number(302, 261);
    public static nint Clone => Number(56, 220);
    public static nint Poll => Number(271, 73);
    public static nint NewSession => Number(112, 157);
    public static nint Parent => Number(110, 173);
    public static nint Id => Number(39, 172);
    public static nint ChangeMode => Number(268, 53);
    public static nint Exit => Number(231, 94);
    private static nint OpenAt => Number(257, 56);
    private static nint CloseCall => Number(3, 57);
    private static nint ReadCall => Number(0, 63);
    private static nint WriteCall => Number(1, 64);
    private static nint UnlinkAt => Number(263, 35);
    private static nint StatFs => Number(137, 43);

    /// <summary>The process that started this one: the tool server, in a sandbox.</summary>
    public static int ParentId { get; } = (int)Call(Parent).Result;

    public static Attempt Call(nint number, nint a = 0, nint b = 0, nint c = 0, nint d = 0, nint e = 0, nint f = 0)
    {
        var result = Syscall(number, a, b, c, d, e, f);
        return new(result, result < 0 ? Marshal.GetLastPInvokeError() : 0);
    }

    /// <summary>A call whose first argument is a path or a name.</summary>
    public static Attempt Named(nint number, string text, nint b = 0, nint c = 0, nint d = 0, nint e = 0)
    {
        fixed (byte* bytes = Bytes(text))
            return Call(number, (nint)bytes, b, c, d, e);
    }

    public static Attempt Open(string path, int flags)
    {
        fixed (byte* bytes = Bytes(path))
            return Call(OpenAt, CurrentDirectory, (nint)bytes, flags | CloseOnExec, 0x1A4);
    }

    /// <summary>Opens it and closes it again.</summary>
    public static Attempt TryOpen(string path, int flags)
    {
        var opened = Open(path, flags);
        if (opened.Succeeded)
            Close(opened.Result);
        return opened;
    }

    public static void Close(nint descriptor) => Call(CloseCall, descriptor);

    public static Attempt Read(nint descriptor, Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
            return Call(ReadCall, descriptor, (nint)bytes, buffer.Length);
    }

    public static Attempt Write(nint descriptor, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* bytes = buffer)
            return Call(WriteCall, descriptor, (nint)bytes, buffer.Length);
    }

    public static void Delete(string path)
    {
        fixed (byte* bytes = Bytes(path))
            Call(UnlinkAt, CurrentDirectory, (nint)bytes);
    }

    /// <summary>A call about a file by its path from the current directory.</summary>
    public static Attempt At(nint number, string path, nint c = 0, nint d = 0)
    {
        fixed (byte* bytes = Bytes(path))
            return Call(number, CurrentDirectory, (nint)bytes, c, d);
    }

    /// <summary>The flags that a file system is mounted with, ST_RDONLY and the like; null when there is nothing there.</summary>
    public static long? MountFlags(string path)
    {
        // struct statfs on 64-bit machines: 120 bytes, f_flags the eleventh word.
        var buffer = stackalloc long[32];
        return Named(StatFs, path, (nint)buffer).Succeeded ? buffer[10] : null;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Syscall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    private static byte[] Bytes(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    private static nint Number(int x64, int arm64) =>
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? arm64 : x64;
}
