using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

#pragma warning disable CA2000 // The place that is found owns the handle.

namespace ClawCi.ToolServer.Walk;

/// <summary>The checkout without what setup made of it, asked only for files that the agent changed.</summary>
/// <param name="root">Of the checkout.</param>
/// <param name="lower">Of the base: the checkout with what setup made.</param>
internal sealed class OwnFiles(SafeFileHandle root, SafeFileHandle lower) : IDisposable
{
    public OwnPlace Find(byte[] path)
    {
        var (directory, file, isBlocked) = Look(root, path);
        if (!isBlocked)
            return new OwnPlace(directory, file, IsInTheWay: false);
        // What stands there in the base as well is the agent's to take away.
        var (below, _, isBlockedBelow) = Look(lower, path);
        below?.Dispose();
        return new OwnPlace(directory, null, IsInTheWay: !isBlockedBelow);
    }

    public void Dispose() => root.Dispose();

    private static (SafeFileHandle? Directory, FileStatus? File, bool IsBlocked) Look(SafeFileHandle root, byte[] path)
    {
        var directory = Beneath.Open(root, ChangePath.Parent(path), OpenFlags.Directory, out var error);
        if (directory is null)
            return error is Errno.NoEntry or Errno.NotDirectory or Errno.Loop
                ? (null, null, error != Errno.NoEntry)
                : throw new PosixException(error, path);
        var file = Tree.Status(directory, ChangePath.Name(path));
        return file is { Kind: null } ? (directory, null, true) : (directory, file, false);
    }
}
