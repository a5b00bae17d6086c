using ClawCi.ChangeSets.Posix;
using Microsoft.Win32.SafeHandles;

namespace ClawCi.ChangeSets;

/// <summary>
/// Writes a change set into a tree that fits it: the checkout on apply, the checks' fresh layer on replay. Everything is
/// compared first and undone on error; no git, no index, no name is followed.
/// </summary>
internal sealed class ChangeSetApplier
{
    private readonly SafeFileHandle _root;
    private readonly ChangeSet _changes;
    private readonly Dictionary<ChangeEntry, FileStatus> _seen;
    private readonly ApplyJournal _journal;
    private readonly ApplyDirectories _directories;
    private readonly TreeOwner _owner;

    private ChangeSetApplier(
        SafeFileHandle root,
        ChangeSet changes,
        Dictionary<ChangeEntry, FileStatus> seen,
        ApplyJournal journal
    )
    {
        (_root, _changes, _seen, _journal) = (root, changes, seen, journal);
        _owner = new TreeOwner(root);
        _directories = new ApplyDirectories(root, changes, journal, _owner);
    }

    /// <param name="directory">Root of the tree. Its owner becomes the owner of what is written.</param>
    /// <param name="aside">Name of the directory for <see cref="ApplyJournal"/>; null makes one up.</param>
    /// <param name="onDone">Called when everything is in its place and could still be undone.</param>
    /// <exception cref="OperationCanceledException">Everything was put back.</exception>
    public static async Task<ApplyResult> ApplyAsync(
        ChangeSet changes,
        string directory,
        CancellationToken ct,
        string? aside = null,
        Action? onDone = null
    )
    {
        if (changes.BaseChanged.Count > 0)
            return new ApplyResult.Mismatch([
                .. changes.BaseChanged.Select(path => new ApplyConflict(
                    path.DisplayPath,
                    "was changed during the run"
                )),
            ]);
        if (changes.IsEmpty)
            return new ApplyResult.Applied(0);
        try
        {
            using var root = Tree.OpenRoot(directory);
            var (conflicts, seen) = await Preflight.CheckAsync(root, changes, ct);
            if (conflicts.Count > 0)
                return new ApplyResult.Mismatch(conflicts);
            using var journal = new ApplyJournal(root, aside ?? ApplyJournal.NewDirectory());
            return await new ChangeSetApplier(root, changes, seen, journal).ApplyAsync(onDone, ct);
        }
        catch (IOException e)
        {
            return new ApplyResult.Failed(e.Message, null);
        }
    }

    private async Task<ApplyResult> ApplyAsync(Action? onDone, CancellationToken ct)
    {
        try
        {
            var entries = _changes.Entries;
            for (var i = 0; i < entries.Count; i++)
            {
                if (entries[i].New is { } file)
                    await StageAsync(entries[i], file, i, ct);
            }
            // Last first, so that directories empty from below.
            for (var i = entries.Count - 1; i >= 0; i--)
            {
                ct.ThrowIfCancellationRequested();
                if (entries[i].New is null)
                    Delete(entries[i], i);
            }
            for (var i = 0; i < entries.Count; i++)
            {
                ct.ThrowIfCancellationRequested();
                if (entries[i].New is not null)
                    Place(entries[i], i);
            }
        }
        catch (IOException e)
        {
            return RollBack()
                ? new ApplyResult.Failed(e.Message, null)
                : new ApplyResult.Failed(e.Message, ChangePath.Display(_journal.Name));
        }
        catch (OperationCanceledException)
        {
            RollBack();
            throw;
        }
        onDone?.Invoke();
        try
        {
            _journal.Clear();
        }
        catch (IOException)
        {
            // Everything is applied, and was told so: what waits aside is only in the way.
        }
        return new ApplyResult.Applied(_changes.Entries.Count);
    }

    private bool RollBack()
    {
        var isWhole = _journal.RollBack();
        if (isWhole)
            _journal.Clear();
        return isWhole;
    }

    /// <summary>Makes the new file beside the tree: what can fail for want of space fails here.</summary>
    private async Task StageAsync(ChangeEntry entry, FileState state, int index, CancellationToken ct)
    {
        var name = ApplyStep.NewName(index);
        await using var content = _changes.OpenContent(state);
        if (state.Kind == FileKind.Symlink)
        {
            var text = new byte[state.Length];
            await content.ReadExactlyAsync(text, ct);
            Tree.MakeSymlink(text, _journal.Aside, name);
        }
        else
        {
            using var file = Tree.Open(_journal.Aside, name, OpenFlags.Create, out var error);
            if (file is null)
                throw new PosixException(error, entry.Path);
            await using (var stream = new FileStream(file, FileAccess.Write, bufferSize: 0))
            {
                await content.CopyToAsync(stream, ct);
                Tree.SetMode(file, Permissions(entry, state.Kind));
            }
        }
        _owner.Give(_journal.Aside, name);
    }

    /// <summary>A modified file keeps its permission bits, but for what git's mode says of execution.</summary>
    private uint Permissions(ChangeEntry entry, FileKind kind)
    {
        const uint Execute = 0x49;
        var old = _seen.TryGetValue(entry, out var status) && status.IsFile ? status.Permissions : 0x1A4;
        // Who may read may execute, as git does it.
        return kind == FileKind.Executable ? old | ((old & 0x124) >> 2) : old & ~Execute;
    }

    private void Delete(ChangeEntry entry, int index)
    {
        using var parent = OpenParent(entry.Path);
        SetAside(parent, entry, index);
        _directories.RemoveEmptyParents(entry.Path);
    }

    private void Place(ChangeEntry entry, int index)
    {
        if (entry.Old is null)
            _directories.MakeRoomFor(entry.Path);
        using var parent = OpenParent(entry.Path);
        if (entry.Old is not null)
            SetAside(parent, entry, index);
        var name = ApplyStep.NewName(index);
        _journal.Do(
            new ApplyStep(ApplyStep.Place, entry.Path, index, Tree.Status(_journal.Aside, name)!.Value),
            () => Tree.Move(_journal.Aside, name, parent, ChangePath.Name(entry.Path))
        );
    }

    private void SetAside(SafeFileHandle parent, ChangeEntry entry, int index)
    {
        _journal.Do(
            new ApplyStep(ApplyStep.SetAside, entry.Path, index, default),
            () => Tree.Move(parent, ChangePath.Name(entry.Path), _journal.Aside, ApplyStep.OldName(index))
        );
        // Between preflight and now somebody may have saved the file.
        var seen = _seen[entry];
        var now = Tree.Status(_journal.Aside, ApplyStep.OldName(index))!.Value;
        if (now.Modified != seen.Modified || now.Size != seen.Size || now.Mode != seen.Mode)
            throw new IOException($"{entry.DisplayPath}: was changed while the changes were applied");
    }

    private SafeFileHandle OpenParent(byte[] path) =>
        Beneath.Open(_root, ChangePath.Parent(path), OpenFlags.Directory, out var error)
        ?? throw new PosixException(error, path);
}
