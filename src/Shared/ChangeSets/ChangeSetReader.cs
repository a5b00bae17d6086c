using System.Buffers;
using System.Buffers.Binary;

namespace ClawCi.ChangeSets;

/// <summary>Reads the wire form from a source that may lie about everything.</summary>
internal sealed class ChangeSetReader
{
    private readonly Stream _stream;
    private readonly ChangeSetCaps _caps;
    private readonly ContentSpool _spool;
    private readonly List<ChangeEntry> _entries = [];
    private readonly List<SkippedPath> _skipped = [];
    private readonly EntryOrder _order = new();
    private readonly byte[] _frame = new byte[ChangeSetCodec.MaxHeadBytes];
    private long _totalBytes;

    private ChangeSetReader(Stream stream, ChangeSetCaps caps, ContentSpool spool) =>
        (_stream, _caps, _spool) = (stream, caps, spool);

    /// <summary>Reads to the end frame and not one byte beyond. Contents go to a nameless file in <paramref name="spoolDirectory"/>.</summary>
    /// <exception cref="ChangeSetException">Malformed, cut off, over a cap, or the writer gave up.</exception>
    public static async Task<ChangeSet> ReadAsync(
        Stream stream,
        string spoolDirectory,
        ChangeSetCaps caps,
        CancellationToken ct
    )
    {
        var spool = new ContentSpool(spoolDirectory);
        try
        {
            var reader = new ChangeSetReader(stream, caps, spool);
            var unlisted = await reader.ReadAsync(ct);
            return new ChangeSet(reader._entries, reader._skipped, unlisted, spool);
        }
        catch
        {
            spool.Dispose();
            throw;
        }
    }

    private async Task<long> ReadAsync(CancellationToken ct)
    {
        var magic = _frame.AsMemory(0, ChangeSetCodec.Magic.Length);
        await FillAsync(magic, ct);
        if (!magic.Span.SequenceEqual(ChangeSetCodec.Magic))
            throw new ChangeSetException("not a change set");
        while (true)
        {
            await FillAsync(_frame.AsMemory(0, ChangeSetCodec.FrameBytes), ct);
            var tag = _frame[0];
            var length = BinaryPrimitives.ReadUInt32LittleEndian(_frame.AsSpan(1));
            if (length > ChangeSetCodec.MaxHeadBytes)
                throw new ChangeSetException("malformed change set: frame too long");
            var head = _frame.AsMemory(0, (int)length);
            await FillAsync(head, ct);
            switch (tag)
            {
                case ChangeSetCodec.EntryTag:
                    await EntryAsync(head, ct);
                    break;
                case ChangeSetCodec.OwnTag:
                    await OwnAsync(head, ct);
                    break;
                case ChangeSetCodec.SkippedTag:
                    Skipped(head.Span);
                    break;
                case ChangeSetCodec.EndTag:
                    return End(head.Span);
                case ChangeSetCodec.AbortTag:
                    throw new ChangeSetException(
                        ChangePath.Display(head.Span[..Math.Min(head.Length, ChangeSetCodec.MaxMessageBytes)])
                    );
                default:
                    throw new ChangeSetException("malformed change set: unknown frame");
            }
        }
    }

    private async ValueTask EntryAsync(ReadOnlyMemory<byte> head, CancellationToken ct)
    {
        var (path, old, @new) = TakeEntry(head.Span);
        if (_entries.Count == _caps.MaxEntries)
            throw new ChangeSetException($"more than {_caps.MaxEntries} changed files");
        if (ChangePath.Fault(path) is { } fault)
            throw new ChangeSetException($"malformed change set: {fault}");
        if (_order.Fault(path, old is not null, @new is not null) is { } disorder)
            throw new ChangeSetException($"malformed change set: {disorder}");
        if ((old?.Kind == FileKind.Symlink || @new?.Kind == FileKind.Symlink) && GitNames.ForbidsSymlink(path))
            throw new ChangeSetException("malformed change set: .gitmodules as a symlink");
        old = await ContentAsync(old, ct);
        @new = await ContentAsync(@new, ct);
        if (old is not null && @new is not null && old.Matches(@new))
            throw new ChangeSetException("malformed change set: entry without a change");
        _entries.Add(new ChangeEntry(path, old, @new));
    }

    private async ValueTask OwnAsync(ReadOnlyMemory<byte> head, CancellationToken ct)
    {
        if (_entries is not [.., { Own: null } entry])
            throw new ChangeSetException("malformed change set: a checkout's file without its entry");
        var state = await ContentAsync(TakeOwn(head.Span), ct);
        if (state is null ? entry.Old is null : entry.Old?.Matches(state) == true)
            throw new ChangeSetException("malformed change set: a checkout's file that setup did not change");
        if (state?.Kind == FileKind.Symlink && GitNames.ForbidsSymlink(entry.Path))
            throw new ChangeSetException("malformed change set: .gitmodules as a symlink");
        _entries[^1] = entry with { Own = new OwnFile(state) };
    }

    private static FileState? TakeOwn(ReadOnlySpan<byte> head)
    {
        var state = ChangeSetCodec.TakeState(ref head);
        ChangeSetCodec.ExpectEmpty(head);
        return state;
    }

    private static (byte[] Path, FileState? Old, FileState? New) TakeEntry(ReadOnlySpan<byte> head)
    {
        var path = ChangeSetCodec.TakePath(ref head).ToArray();
        var old = ChangeSetCodec.TakeState(ref head);
        var @new = ChangeSetCodec.TakeState(ref head);
        ChangeSetCodec.ExpectEmpty(head);
        if (old is null && @new is null)
            throw new ChangeSetException("malformed change set: entry without a file");
        return (path, old, @new);
    }

    /// <summary>Spools the content that follows, if any, and gives the state its hash and place.</summary>
    private async ValueTask<FileState?> ContentAsync(FileState? state, CancellationToken ct)
    {
        if (state is null)
            return null;
        var isLink = state.Kind == FileKind.Symlink;
        if (isLink ? state.Length is 0 or > ChangeSetCodec.MaxLinkBytes : state.Length > _caps.MaxFileBytes)
            throw new ChangeSetException("malformed change set: file over the cap");
        if (state.Sha256.Length > 0)
            return state;
        if (state.Length > _caps.MaxTotalBytes - _totalBytes)
            throw new ChangeSetException($"more than {_caps.MaxTotalBytes} bytes of changed contents");
        _totalBytes += state.Length;

        var offset = _spool.Length;
        var hash = new Sha256();
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(state.Length, 1, 1 << 16));
        try
        {
            for (var left = state.Length; left > 0; )
            {
                var part = buffer.AsMemory(0, (int)Math.Min(buffer.Length, left));
                await FillAsync(part, ct);
                if (isLink && part.Span.Contains((byte)0))
                    throw new ChangeSetException("malformed change set: NUL in a symlink");
                hash.Append(part.Span);
                await _spool.AppendAsync(part, ct);
                left -= part.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        return state with { Sha256 = hash.Finish(), Offset = offset };
    }

    private void Skipped(ReadOnlySpan<byte> head)
    {
        var reason = ChangeSetCodec.Take(ref head, 1)[0];
        var length = ChangeSetCodec.TakeInt64(ref head);
        var path = ChangeSetCodec.TakePath(ref head).ToArray();
        ChangeSetCodec.ExpectEmpty(head);
        if (reason is 0 or > (byte)SkipReason.SetupReplaced || path.Length is 0 or > ChangePath.MaxBytes || length < 0)
            throw new ChangeSetException("malformed change set: impossible skipped path");
        if (_skipped.Count == _caps.MaxSkipped)
            throw new ChangeSetException($"malformed change set: more than {_caps.MaxSkipped} skipped paths");
        _skipped.Add(new SkippedPath(path, (SkipReason)reason, length));
    }

    private long End(ReadOnlySpan<byte> head)
    {
        var entries = ChangeSetCodec.TakeInt32(ref head);
        var unlisted = ChangeSetCodec.TakeInt64(ref head);
        ChangeSetCodec.ExpectEmpty(head);
        if (entries != _entries.Count || unlisted < 0)
            throw new ChangeSetException("malformed change set: wrong number of entries");
        return unlisted;
    }

    private async ValueTask FillAsync(Memory<byte> buffer, CancellationToken ct)
    {
        try
        {
            await _stream.ReadExactlyAsync(buffer, ct);
        }
        catch (EndOfStreamException)
        {
            throw new ChangeSetException("the change set is cut off");
        }
    }
}
