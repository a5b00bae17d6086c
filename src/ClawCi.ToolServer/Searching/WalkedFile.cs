using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ToolServer.Searching;

/// <summary>A file or symbolic link that a walk has come to.</summary>
/// <param name="Path">From the workspace. Names that are no UTF-8 hold replacement characters.</param>
/// <param name="PathFromStart">From where the walk started.</param>
/// <param name="Directory">Open until the walk goes on.</param>
internal sealed record WalkedFile(
    string Path,
    string PathFromStart,
    FileStatus Status,
    SafeFileHandle Directory,
    byte[] Name
);
