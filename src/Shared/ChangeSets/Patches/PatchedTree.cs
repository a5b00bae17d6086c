using System.Text;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ChangeSets.Patches;

/// <summary>
/// Puts a patch into a tree: all of it or nothing. A file fits when it is the very one that the patch was made from; one that is
/// what the patch makes of it is left as it is, so that a patch may be put in twice. Where setup has changed a file, the
/// checkout's own stands for it: patches lead from there.
/// </summary>
internal sealed class PatchedTree : IDisposable
{
    private readonly SafeFileHandle _root;
    private readonly ContentSpool _spool;
    private readonly List<ChangeEntry> _entries = [];
    private readonly List<ApplyConflict> _conflicts = [];
    private readonly ChangeSet? _own;
    private readonly Dictionary<string, FileState> _ownStates;

    private PatchedTree(string directory, ChangeSet? own)
    {
        _own = own;
        _ownStates = own?.Entries.ToDictionary(entry => Key(entry.Path), entry => entry.New!) ?? [];
        _root = Tree.OpenRoot(directory);
        _spool = new ContentSpool(directory);
    }

    /// <param name="directory">Root of the tree. Its owner becomes the owner of what is written.</param>
    /// <param name="own">The files of the checkout that the patch changes, as added; null when the tree is the checkout.</param>
    /// <exception cref="ChangeSetException">The patch is malformed, or contradicts itself.</exception>
    public static async Task<ApplyResult> ApplyAsync(
        ReadOnlyMemory<byte> patch,
        string directory,
        CancellationToken ct,
        ChangeSet? own = null
    )
    {
        var files = PatchReader.Read(patch);
        using var tree = new PatchedTree(directory, own);
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
        var (kind, content, problem) = Read(_root, file.Path);
        if (problem is null && !Is(kind, content, file.New, file.NewBlob))
        {
            FileState? before = kind is { } known ? new(known, content.Length, Sha256.Hash(content), null) : null;
            if (Is(kind, content, file.Old, file.OldBlob))
                await AddAsync(file, before, content, ct);
            else if (await OwnAsync(file, ct) is { } own)
                await AddAsync(file, before, own, ct);
            else
                problem =
                    kind is null ? "is not there"
                    : file.Old is null ? "exists already"
                    : kind != file.Old ? "has another type or mode"
                    : "has other content";
        }
        if (problem is not null)
            _conflicts.Add(new ApplyConflict(file.DisplayPath, problem));
    }

    /// <summary>What the checkout has, empty for nothing; null when that is not what the patch was made from.</summary>
    private async Task<byte[]?> OwnAsync(FilePatch file, CancellationToken ct)
    {
        if (_own is null)
            return null;
        var state = _ownStates.GetValueOrDefault(Key(file.Path));
        var content = new byte[state?.Length ?? 0];
        if (state is not null)
        {
            await using var stream = _own.OpenContent(state);
            await stream.ReadExactlyAsync(content, ct);
        }
        return Is(state?.Kind, content, file.Old, file.OldBlob) ? content : null;
    }

    private static string Key(byte[] path) => Encoding.Latin1.GetString(path);

    private async Task AddAsync(FilePatch file, FileState? before, byte[] old, CancellationToken ct)
    {
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

    public static (FileKind? Kind, byte[] Content, string? Problem) Read(SafeFileHandle root, byte[] path)
    {
        using var parent = Beneath.Open(root, ChangePath.Parent(path), OpenFlags.Directory, out var error);
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
