using System.Text;
using ClawCi.ChangeSets;
using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

#pragma warning disable CA2000 // Handles belong to their directory, and that to the stack that Dispose empties.

namespace ClawCi.ToolServer.Walk;

/// <summary>
/// Finds what changed by comparing listings of base and merged view, depth first in the order of names. Contents come
/// from these two, never from the agent's layer, whose names only say where to look.
/// </summary>
internal sealed class ChangeWalk(WalkRequest request, ChangeSetWriter writer) : IDisposable
{
    private readonly Stack<WalkDirectory> _open = new();
    private readonly WalkNotes _notes = new(writer, request.Caps);
    private readonly HashSet<string> _excludes = [.. request.Excludes.Select(path => path.Trim('/'))];
    private TrackedFiles? _tracked;
    private OwnFiles? _own;
    private WalkedFiles? _files;
    private byte[]? _lastIgnored;

    /// <exception cref="ChangeSetException">Over a cap.</exception>
    /// <exception cref="PosixException">A directory or file cannot be read.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        var lower = Tree.OpenRoot(request.Lower);
        var merged = Tree.OpenRoot(request.Merged);
        _tracked = new TrackedFiles(lower, request.Index);
        _own = request.Checkout is { } checkout ? new OwnFiles(Tree.OpenRoot(checkout), lower) : null;
        var started = request.StartedMs is { } time ? time * 1_000_000 : long.MaxValue;
        _files = new WalkedFiles(writer, _notes, request.Caps, _own, started);
        var upper = request.Upper.Length == 0 ? null : Tree.OpenRoot(request.Upper);
        _open.Push(new WalkDirectory([], 0, lower, merged, upper, BaseIgnores.OfRoot(lower)));
        while (_open.TryPeek(out var directory))
        {
            ct.ThrowIfCancellationRequested();
            if (directory.TryNext(out var name, out var inLower, out var inMerged))
            {
                await NameAsync(directory, name, inLower, inMerged, ct);
                continue;
            }
            if (directory.IsEmptiness && directory.Depth > 0)
                await _notes.AddAsync(directory.Path, SkipReason.EmptyDirectory, 0, ct);
            _open.Pop().Dispose();
        }
        await writer.EndAsync(_notes.Unlisted, ct);
    }

    public void Dispose()
    {
        while (_open.TryPop(out var directory))
            directory.Dispose();
        _own?.Dispose();
    }

    private async Task NameAsync(
        WalkDirectory directory,
        byte[] name,
        bool inLower,
        bool inMerged,
        CancellationToken ct
    )
    {
        var path = ChangePath.Join(directory.Path, name);
        if (GitNames.IsGitDirectory(name))
        {
            // The workspace's own is never part of a patch, and always touched: its configuration is replaced.
            if (directory.Depth > 0 || !name.AsSpan().SequenceEqual(".git"u8))
                await _notes.AddAsync(path, SkipReason.GitName, 0, ct);
            return;
        }
        if (_excludes.Contains(Encoding.UTF8.GetString(path)))
        {
            await _notes.AddAsync(path, SkipReason.Excluded, 0, ct);
            return;
        }
        if (path.Length > ChangePath.MaxBytes || directory.Depth == ChangePath.MaxDepth)
        {
            await _notes.AddAsync(
                path.AsMemory(0, Math.Min(path.Length, ChangePath.MaxBytes)),
                SkipReason.TooDeep,
                0,
                ct
            );
            return;
        }
        var old = inLower ? Tree.Status(directory.Lower!, name) : null;
        var @new = inMerged ? Tree.Status(directory.Merged!, name) : null;
        var isOldIgnored = IsIgnored(directory, path, old, inLower);
        var isNewIgnored = IsIgnored(directory, path, @new, inLower);
        if (isOldIgnored || isNewIgnored)
        {
            await IgnoredAsync(directory.Ignored ?? path, ct);
            old = isOldIgnored ? null : old;
            @new = isNewIgnored ? null : @new;
        }
        if (old is not { IsDirectory: true } || @new is not { IsDirectory: true })
            await FileAsync(directory, path, old, @new, ct);
        Descend(directory, path, old is { IsDirectory: true }, @new is { IsDirectory: true });
    }

    private bool IsIgnored(WalkDirectory directory, byte[] path, FileStatus? status, bool isInBase) =>
        status is { IsDirectory: var isDirectory }
        && IsBelowRules(directory, path, isDirectory)
        && !_tracked!.Has(path, isDirectory, isInBase);

    private static bool IsBelowRules(WalkDirectory directory, byte[] path, bool isDirectory) =>
        directory.Ignored is not null || directory.Ignores.IsIgnored(path, isDirectory);

    /// <summary>Said once of an ignored directory, whatever of it was touched.</summary>
    private async Task IgnoredAsync(byte[] path, CancellationToken ct)
    {
        if (!ReferenceEquals(_lastIgnored, path))
            await _notes.AddAsync(path, SkipReason.Ignored, 0, ct);
        _lastIgnored = path;
    }

    private async Task FileAsync(
        WalkDirectory directory,
        byte[] path,
        FileStatus? old,
        FileStatus? @new,
        CancellationToken ct
    )
    {
        if (IsSpecial(@new) || (IsSpecial(old) && @new is null))
            await _notes.AddAsync(path, SkipReason.SpecialFile, 0, ct);
        if (@new is { IsFile: true } && (@new.Value.SpecialBits & ~(old?.SpecialBits ?? 0)) != 0)
            await _notes.AddAsync(path, SkipReason.SpecialMode, 0, ct);
        if ((old?.Kind == FileKind.Symlink || @new?.Kind == FileKind.Symlink) && GitNames.ForbidsSymlink(path))
        {
            await _notes.AddAsync(path, SkipReason.GitName, 0, ct);
            return;
        }
        var largest = Math.Max(Length(old), Length(@new));
        if (largest > request.Caps.MaxFileBytes)
        {
            await _notes.AddAsync(path, SkipReason.TooLarge, largest, ct);
            return;
        }
        await _files!.AddAsync(directory, path, old, @new, ct);

        static bool IsSpecial(FileStatus? status) => status is { IsDirectory: false, Kind: null };
        static long Length(FileStatus? status) => status is { IsFile: true } ? status.Value.Size : 0;
    }

    private void Descend(WalkDirectory parent, byte[] path, bool inLower, bool inMerged)
    {
        if (!inLower && !inMerged)
            return;
        var name = ChangePath.Name(path).ToArray();
        var lower = inLower ? Open(parent.Lower!, name, path) : null;
        var merged = inMerged ? Open(parent.Merged!, name, path) : null;
        // Without a directory in the agent's layer to say what was touched, everything is compared.
        var upper =
            inLower && inMerged && parent.Upper is not null
                ? Tree.Open(parent.Upper, name, OpenFlags.Directory, out _)
                : null;
        // Only what is tracked below an ignored directory made the walk come here: no rule takes anything else of it back.
        var ignored = parent.Ignored ?? (parent.Ignores.IsIgnored(path, isDirectory: true) ? path : null);
        var ignores =
            lower is null || ignored is not null ? parent.Ignores : BaseIgnores.Below(parent.Ignores, path, lower);
        _open.Push(new WalkDirectory(path, parent.Depth + 1, lower, merged, upper, ignores, ignored));
    }

    private static SafeFileHandle Open(SafeFileHandle parent, byte[] name, byte[] path) =>
        Tree.Open(parent, name, OpenFlags.Directory, out var error) ?? throw new PosixException(error, path);
}
