using System.Runtime.InteropServices;

namespace ClawCi.Cli.Console;

/// <summary>The terminal that standard error is, asked without touching it: the platform's console would set it up for input.</summary>
internal static partial class Terminal
{
    private const int StandardError = 2;

    /// <summary>TIOCGWINSZ of linux/tty.</summary>
    private const nuint WindowSize = 0x5413;

    /// <summary>In columns, now; null when it has no size.</summary>
    public static int? Width() =>
        Ask(StandardError, WindowSize, out var size) == 0 && size.Columns > 0 ? size.Columns : null;

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Ask(int file, nuint request, out Size size);

    /// <summary>struct winsize.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Size
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }
}
