using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ChangeSets.Patches;

/// <summary>
/// Puts a patch into a tree: all of it or nothing. A file fits when it is the very one that the patch was made from; one that is
/// what the patch makes of it is left as it is, so that a patch may be put in twice.
/// </summary>
internal sealed class PatchedTree : IDisposable
{
    private readonly SafeFileHandle _root;
    private readonly ContentSpool _spool;
    private readonly List<ChangeEntry> _entries = [];
    private readonly List<ApplyConflict> _conflicts = [];

    private PatchedTree(string directory)
    {
        _root = Tree.OpenRoot(directory);
        _spool = new ContentSpool(directory);
    }

    /// <param name="directory">Root of the tree. Its owner becomes the owner of what is written.</param>
    /// <exception cref="ChangeSetException">The patch is malformed, or contradicts itself.</exception>
    public static async Task<ApplyResult> ApplyAsync(ReadOnlyMemory<byte> patch, string directory, CancellationToken ct)
    {
        var files = PatchReader.Read(patch);
        using var tree = new PatchedTree(directory);
        foreach (var file in files)
            await tree.AddAsync(file, ct);
        if (tree._conflicts.Count > 0)
            return new ApplyResult.Mismatch(tree._conflicts);
        using var changes = new ChangeSet(tree._entries, [], 0, tree._spool, ownsSpool: false);
        return await ChangeSetApplier.ApplyAsync(changes, directory, ct);
    }

    public void Dispose()
    {
        _spool.Dispose();
        _root.Dispose();
    }

    private async Task AddAsync(FilePatch file, CancellationToken ct)
    {
        var (kind, content, problem) = Read(file.Path);
        if (problem is null && !Is(kind, content, file.New, file.NewBlob))
        {
            if (!Is(kind, content, file.Old, file.OldBlob))
                problem =
                    kind is null ? "is not there"
                    : file.Old is null ? "exists already"
                    : kind != file.Old ? "has another type or mode"
                    : "has other content";
            else
                await AddAsync(file, content, ct);
        }
        if (problem is not null)
            _conflicts.Add(new ApplyConflict(file.DisplayPath, problem));
    }

    private async Task AddAsync(FilePatch file, byte[] old, CancellationToken ct)
    {
        var before = file.Old is { } oldKind ? new FileState(oldKind, old.Length, Sha256.Hash(old), null) : null;
        if (file.New is not { } kind)
        {
            _entries.Add(new ChangeEntry(file.Path, before, null));
            return;
        }
        var content = file.Apply(old, ChangeSetCaps.Default.MaxFileBytes);
        if (kind == FileKind.Symlink && content is [] or { Length: > ChangeSetCodec.MaxLinkBytes })
            throw new ChangeSetException($"{file.DisplayPath} is no link");
        if (_spool.Length + content.Length > ChangeSetCaps.Default.MaxTotalBytes)
            throw new ChangeSetException($"the patch makes more than {ChangeSetCaps.Default.MaxTotalBytes} bytes");
        var after = new FileState(kind, content.Length, Sha256.Hash(content), _spool.Length);
        await _spool.AppendAsync(content, ct);
        _entries.Add(new ChangeEntry(file.Path, before, after));
    }

    /// <summary>Whether what is there is one side of the patch. Without a hash only the mode changes, and any content will do.</summary>
    private static bool Is(FileKind? kind, byte[] content, FileKind? side, byte[]? blob) =>
        kind == side && (kind is null || blob is null || GitBlob.Hash(content).AsSpan().SequenceEqual(blob));

    private (FileKind? Kind, byte[] Content, string? Problem) Read(byte[] path)
    {
        using var parent = Beneath.Open(_root, ChangePath.Parent(path), OpenFlags.Directory, out var error);
        var name = ChangePath.Name(path);
        // A file may give way to a directory and the reverse: whether it does is for what applies this to see.
        if (parent is null || Tree.Status(parent, name) is not { IsDirectory: false } status)
            return (null, [], null);
        if (status.Kind is not { } kind || status.Size > ChangeSetCaps.Default.MaxFileBytes)
            return (null, [], "is no file that can be patched");
        if (kind == FileKind.Symlink)
            return (kind, Tree.ReadLink(parent, name), null);
        using var file = Tree.Open(parent, name, OpenFlags.Read, out error);
        if (file is null)
            throw new PosixException(error, path);
        var content = new byte[status.Size];
        var length = 0;
        while (length < content.Length && RandomAccess.Read(file, content.AsSpan(length), length) is > 0 and var read)
            length += read;
        return (kind, content[..length], null);
    }
}
