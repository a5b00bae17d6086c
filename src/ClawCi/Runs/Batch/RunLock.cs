using System.Runtime.InteropServices;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.Runs.Batch;

/// <summary>Holds an output directory for one process. The kernel lets go of it when that dies, however it dies.</summary>
internal sealed class RunLock : IDisposable
{
    private const int Exclusive = 2;
    private const int DoNotWait = 4;

    private readonly SafeFileHandle _directory;

    private RunLock(SafeFileHandle directory) => _directory = directory;

    /// <returns>Null when another process holds it.</returns>
    /// <exception cref="IOException">There is no such directory.</exception>
    public static RunLock? Take(string directory)
    {
        var handle = Tree.OpenRoot(directory);
        // A file system without locks has to do without.
        if (Libc.FLock(handle, Exclusive | DoNotWait) == 0 || Marshal.GetLastPInvokeError() != Errno.WouldBlock)
            return new RunLock(handle);
        handle.Dispose();
        return null;
    }

    public void Dispose() => _directory.Dispose();
}
