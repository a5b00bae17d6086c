using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ChangeSets.Posix;

/// <summary>Opens paths of several components without ever leaving the root or following a symlink, whoever races us.</summary>
internal static class Beneath
{
    // RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS, RESOLVE_BENEATH
    private const ulong Resolve = 0x02 | 0x04 | 0x08;

    /// <summary>Null, and why, when it cannot be opened. The empty path is the root.</summary>
    public static SafeFileHandle? Open(SafeFileHandle root, ReadOnlySpan<byte> path, int flags, out int error)
    {
        byte[] name = path.IsEmpty ? [(byte)'.', 0] : [.. path, 0];
        var how = new OpenHow { Flags = (ulong)(flags | OpenFlags.Always), Resolve = Resolve };
        var descriptor = (int)Libc.OpenAt2((nint)Libc.OpenAt2Number, root, name, ref how, Marshal.SizeOf<OpenHow>());
        error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        if (descriptor >= 0)
            return new SafeFileHandle(descriptor, ownsHandle: true);
        // Kernels before 5.6 lack the call; older seccomp profiles forbid what they do not know.
        return error is Errno.NotImplemented or Errno.NotPermitted
            ? OpenByComponent(root, path, flags, out error)
            : null;
    }

    /// <summary>The same with one openat for each component.</summary>
    public static SafeFileHandle? OpenByComponent(
        SafeFileHandle root,
        ReadOnlySpan<byte> path,
        int flags,
        out int error
    )
    {
        SafeFileHandle? above = null;
        try
        {
            while (path.IndexOf((byte)'/') is >= 0 and var end)
            {
                var next = Tree.Open(above ?? root, path[..end], OpenFlags.Directory, out error);
                above?.Dispose();
                above = next;
                if (next is null)
                    return null;
                path = path[(end + 1)..];
            }
            return Tree.Open(above ?? root, path.IsEmpty ? "."u8 : path, flags, out error);
        }
        finally
        {
            above?.Dispose();
        }
    }
}
