using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace ClawCi.Cli.Tests.Console;

/// <summary>A real terminal of the kernel's, and everything that was written to it.</summary>
internal sealed partial class PseudoTerminal : IDisposable
{
    private const int ReadWriteNoController = 0x102;
    private const nuint SetWindowSize = 0x5414;

    private readonly SafeFileHandle _master;
    private readonly SafeFileHandle _slave;
    private readonly StringBuilder _text = new();
    private readonly Task _reading;
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PseudoTerminal(int columns)
    {
        var master = Check(posix_openpt(ReadWriteNoController));
        Check(grantpt(master));
        Check(unlockpt(master));
        var name = new byte[64];
        Check(ptsname_r(master, name, (nuint)name.Length));
        Path = Encoding.ASCII.GetString(name).TrimEnd('\0');
        ushort[] size = [24, (ushort)columns, 0, 0];
        Check(ioctl(master, SetWindowSize, size));
        _master = new SafeFileHandle(master, ownsHandle: true);
        // Held, so that it has an end only when we say so.
        _slave = File.OpenHandle(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        _reading = Task.Factory.StartNew(
            Read,
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
    }

    /// <summary>Of the device to write to.</summary>
    public string Path { get; }

    /// <summary>Waits until what was written so far is as it should be.</summary>
    public async Task<string> UntilAsync(Func<string, bool> isEnough, CancellationToken stop)
    {
        while (true)
        {
            Task news;
            lock (_text)
            {
                if (isEnough(_text.ToString()))
                    return _text.ToString();
                news = _news.Task;
            }
            await news.WaitAsync(stop);
        }
    }

    /// <summary>Everything, once whoever wrote has ended.</summary>
    public async Task<string> EndAsync()
    {
        _slave.Dispose();
        await _reading;
        return _text.ToString();
    }

    public void Dispose()
    {
        _slave.Dispose();
        _reading.Wait(TestContext.Current.CancellationToken);
        _master.Dispose();
    }

    private void Read()
    {
        var decoder = Encoding.UTF8.GetDecoder();
        var (bytes, characters) = (new byte[4096], new char[4096]);
        while (true)
        {
            // When nobody has the other side open any more the answer is an error, EIO.
            var count = read(_master, bytes, (nuint)bytes.Length);
            if (count <= 0)
                return;
            var length = decoder.GetChars(bytes, 0, (int)count, characters, 0);
            lock (_text)
            {
                _text.Append(characters, 0, length);
                _news.TrySetResult();
                _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    private static int Check(int result) =>
        result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", SetLastError = true)]
    private static partial int posix_openpt(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int grantpt(int master);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unlockpt(int master);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ptsname_r(int master, [Out] byte[] name, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int file, nuint request, ushort[] size);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafeFileHandle file, [Out] byte[] buffer, nuint count);
}
