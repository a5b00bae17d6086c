using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ToolServer.Walk;

/// <summary>Where the checkout has a file, or would.</summary>
/// <param name="Directory">Null when there is none.</param>
/// <param name="File">Null when there is none that git could record.</param>
/// <param name="IsInTheWay">A directory or file of another kind is there, which setup took away.</param>
internal sealed record OwnPlace(SafeFileHandle? Directory, FileStatus? File, bool IsInTheWay) : IDisposable
{
    /// <summary>Nanoseconds since 1970: the latest time at which file or directory changed.</summary>
    public long Changed => Math.Max(File?.Changed ?? 0, Directory is null ? 0 : Tree.Status(Directory).Changed);

    public void Dispose() => Directory?.Dispose();
}
