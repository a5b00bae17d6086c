using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

#pragma warning disable CA2000 // A side owns its content, and the caller the side.

namespace ClawCi.ToolServer.Walk;

/// <summary>Compares the two sides of a path and sends them when they differ, with the checkout's where setup had changed that.</summary>
/// <param name="own">Null when nothing was set up: then the base is the checkout.</param>
/// <param name="started">Nanoseconds since 1970; what changed in the checkout after that is noted.</param>
internal sealed class WalkedFiles(
    ChangeSetWriter writer,
    WalkNotes notes,
    ChangeSetCaps caps,
    OwnFiles? own,
    long started
)
{
    private readonly byte[] _oldBlock = new byte[1 << 16];
    private readonly byte[] _newBlock = new byte[1 << 16];
    private int _entries;
    private long _bytes;

    /// <summary>Directories and special files count as nothing there.</summary>
    public async ValueTask AddAsync(
        WalkDirectory directory,
        byte[] path,
        FileStatus? old,
        FileStatus? @new,
        CancellationToken ct
    )
    {
        if (old?.Kind is null && @new?.Kind is null)
            return;
        using var before = Open(directory.Lower, path, old);
        using var after = Open(directory.Merged, path, @new);
        if (await IsSameAsync(before, after, ct))
            return;
        using var place = own?.Find(path);
        if (place?.IsInTheWay == true && after is not null)
        {
            await notes.AddAsync(path, SkipReason.SetupReplaced, 0, ct);
            return;
        }
        if (place?.File is { IsFile: true } large && large.Size > caps.MaxFileBytes)
        {
            await notes.AddAsync(path, SkipReason.TooLarge, large.Size, ct);
            return;
        }
        using var there = place is null ? null : Open(place.Directory, path, place.File);
        var isOwn = place is null || await IsSameAsync(before, there, ct);
        Count(before, after, isOwn ? null : there);
        await writer.EntryAsync(path, before?.State, before?.Content, after?.State, after?.Content, ct);
        if (!isOwn)
            await writer.OwnAsync(there?.State, there?.Content, ct);
        var isLate = old?.Kind is not null && Math.Max(old.Value.Changed, directory.LowerChanged) > started;
        if (isLate || (!isOwn && place!.Changed > started))
            await notes.AddAsync(path, SkipReason.BaseChanged, 0, ct);
    }

    private void Count(params ReadOnlySpan<Side?> sides)
    {
        foreach (var side in sides)
            _bytes += side?.State.Length ?? 0;
        if (++_entries > caps.MaxEntries)
            throw new ChangeSetException($"more than {caps.MaxEntries} changed files");
        if (_bytes > caps.MaxTotalBytes)
            throw new ChangeSetException($"more than {caps.MaxTotalBytes} bytes of changed contents");
    }

    private static Side? Open(SafeFileHandle? directory, byte[] path, FileStatus? status)
    {
        if (status?.Kind is not { } kind)
            return null;
        var name = ChangePath.Name(path);
        if (kind == FileKind.Symlink)
        {
            var text = Tree.ReadLink(directory!, name);
            return new Side(new FileState(kind, text.Length, [], null), new MemoryStream(text));
        }
        var file = Tree.Open(directory!, name, OpenFlags.Read, out var error) ?? throw new PosixException(error, path);
        // Stat told of a regular file; only a tree that changes while it is read can have something else here now.
        var now = Tree.Status(file);
        if (now.Kind == kind && now.Size == status.Value.Size)
            return new Side(
                new FileState(kind, now.Size, [], null),
                new FileStream(file, FileAccess.Read, bufferSize: 0)
            );
        file.Dispose();
        throw new ChangeSetException($"{ChangePath.Display(path)}: changed while it was read");
    }

    private async ValueTask<bool> IsSameAsync(Side? before, Side? after, CancellationToken ct)
    {
        if (before is null || after is null)
            return before is null && after is null;
        if (before.State.Kind != after.State.Kind || before.State.Length != after.State.Length)
            return false;
        var isSame = true;
        while (isSame)
        {
            var length = await before.Content.ReadAtLeastAsync(
                _oldBlock,
                _oldBlock.Length,
                throwOnEndOfStream: false,
                ct
            );
            var other = await after.Content.ReadAtLeastAsync(
                _newBlock,
                _newBlock.Length,
                throwOnEndOfStream: false,
                ct
            );
            isSame = _oldBlock.AsSpan(0, length).SequenceEqual(_newBlock.AsSpan(0, other));
            if (length == 0)
                break;
        }
        before.Content.Position = 0;
        after.Content.Position = 0;
        return isSame;
    }

    private sealed record Side(FileState State, Stream Content) : IDisposable
    {
        public void Dispose() => Content.Dispose();
    }
}
