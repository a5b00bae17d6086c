using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.Sandboxes.Local;

/// <summary>
/// Copies a tree that nobody writes to: files with times and permissions, symbolic links as they are. Special files and
/// special bits are left out.
/// </summary>
/// <param name="exclude">A path relative to the root that is left out; null is none.</param>
/// <param name="owner">Whose the copy is.</param>
internal sealed class LocalCopy(string? exclude, LocalUser owner)
{
    private const int MostNames = 1_000_000;
    private const int DeepestDirectory = 256;
    private readonly List<string> _leftOut = [];
    private readonly byte[]? _exclude = exclude is null ? null : System.Text.Encoding.UTF8.GetBytes(exclude);

    /// <summary>Special files, for people.</summary>
    public IReadOnlyList<string> LeftOut => _leftOut;

    /// <param name="to">A directory that is there and empty.</param>
    /// <exception cref="SandboxException">Something cannot be read or written.</exception>
    public void Run(string from, string to, CancellationToken ct)
    {
        try
        {
            using var source = Tree.OpenRoot(from);
            using var target = Tree.OpenRoot(to);
            Copy(source, target, [], 0, ct);
            Finish(target, target, "."u8, Tree.Status(source));
        }
        catch (Exception e) when (e is PosixException or ChangeSetException)
        {
            throw new SandboxException(
                SandboxFailure.WorkspaceUnreachable,
                $"{from} cannot be copied for the agent: {e.Message}",
                e
            );
        }
    }

    private void Copy(SafeFileHandle from, SafeFileHandle to, byte[] path, int depth, CancellationToken ct)
    {
        if (depth > DeepestDirectory)
            throw new ChangeSetException($"directories are nested more than {DeepestDirectory} deep");
        foreach (var name in Tree.List(from, MostNames))
        {
            ct.ThrowIfCancellationRequested();
            var inner = ChangePath.Join(path, name);
            if (_exclude is not null && inner.AsSpan().SequenceEqual(_exclude))
                continue;
            if (Tree.Status(from, name) is not { } status)
                continue;
            if (status.IsDirectory)
                CopyDirectory(from, to, name, inner, status, depth, ct);
            else if (status.IsSymlink)
                CopyLink(from, to, name);
            else if (status.IsFile)
                CopyFile(from, to, name, status);
            else
                _leftOut.Add(ChangePath.Display(inner));
        }
    }

    private void CopyDirectory(
        SafeFileHandle from,
        SafeFileHandle to,
        byte[] name,
        byte[] path,
        FileStatus status,
        int depth,
        CancellationToken ct
    )
    {
        Tree.MakeDirectory(to, name);
        using var source = Open(from, name, OpenFlags.Directory);
        using var target = Open(to, name, OpenFlags.Directory);
        Copy(source, target, path, depth + 1, ct);
        Finish(target, target, "."u8, status);
    }

    private void CopyLink(SafeFileHandle from, SafeFileHandle to, byte[] name)
    {
        Tree.MakeSymlink(Tree.ReadLink(from, name), to, name);
        if (owner.Id is { } id)
            Tree.SetOwner(to, name, id, id);
    }

    private void CopyFile(SafeFileHandle from, SafeFileHandle to, byte[] name, FileStatus status)
    {
        using var source = new FileStream(Open(from, name, OpenFlags.Read), FileAccess.Read, bufferSize: 0);
        using var target = new FileStream(Open(to, name, OpenFlags.Create), FileAccess.Write, bufferSize: 0);
        source.CopyTo(target);
        Finish(target.SafeFileHandle, to, name, status);
    }

    private void Finish(SafeFileHandle made, SafeFileHandle directory, ReadOnlySpan<byte> name, FileStatus like)
    {
        if (owner.Id is { } id)
            Tree.SetOwner(directory, name, id, id);
        Tree.SetMode(made, like.Permissions);
        File.SetLastWriteTimeUtc(
            made,
            DateTimeOffset.UnixEpoch.AddTicks(like.Modified / TimeSpan.NanosecondsPerTick).UtcDateTime
        );
    }

    private static SafeFileHandle Open(SafeFileHandle directory, byte[] name, int flags) =>
        Tree.Open(directory, name, flags, out var error) ?? throw new PosixException(error, name);
}
