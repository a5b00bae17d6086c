using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace ClawCi.ChangeSets;

/// <summary>Writes the wire form, front to back. The order of entries is the caller's duty; the reader checks it.</summary>
internal sealed class ChangeSetWriter(Stream stream)
{
    private readonly byte[] _frame = new byte[ChangeSetCodec.FrameBytes + ChangeSetCodec.MaxHeadBytes];
    private int _entries;

    public async ValueTask BeginAsync(CancellationToken ct) =>
        await stream.WriteAsync(ChangeSetCodec.Magic.ToArray(), ct);

    /// <summary>Contents that are null go as hashes; the others must have the length of their state.</summary>
    public async ValueTask EntryAsync(
        byte[] path,
        FileState? old,
        Stream? oldContent,
        FileState? @new,
        Stream? newContent,
        CancellationToken ct
    )
    {
        await FrameAsync(
            ChangeSetCodec.EntryTag,
            head =>
            {
                var used = ChangeSetCodec.PutPath(head, path);
                used += ChangeSetCodec.PutState(head[used..], old, oldContent is not null);
                return used + ChangeSetCodec.PutState(head[used..], @new, newContent is not null);
            },
            ct
        );
        if (oldContent is not null)
            await ContentAsync(oldContent, old!.Length, ct);
        if (newContent is not null)
            await ContentAsync(newContent, @new!.Length, ct);
        _entries++;
    }

    /// <summary>Of the entry that was written last: what the checkout itself has there.</summary>
    public async ValueTask OwnAsync(FileState? state, Stream? content, CancellationToken ct)
    {
        await FrameAsync(
            ChangeSetCodec.OwnTag,
            head => ChangeSetCodec.PutState(head, state, contentFollows: content is not null),
            ct
        );
        if (content is not null)
            await ContentAsync(content, state!.Length, ct);
    }

    public ValueTask SkippedAsync(ReadOnlyMemory<byte> path, SkipReason reason, long length, CancellationToken ct) =>
        FrameAsync(
            ChangeSetCodec.SkippedTag,
            head =>
            {
                head[0] = (byte)reason;
                BinaryPrimitives.WriteInt64LittleEndian(head[1..], length);
                return 9 + ChangeSetCodec.PutPath(head[9..], path.Span);
            },
            ct
        );

    public ValueTask EndAsync(long unlisted, CancellationToken ct) =>
        FrameAsync(
            ChangeSetCodec.EndTag,
            head =>
            {
                BinaryPrimitives.WriteInt32LittleEndian(head, _entries);
                BinaryPrimitives.WriteInt64LittleEndian(head[4..], unlisted);
                return 12;
            },
            ct
        );

    /// <summary>Says why there is no change set, in place of an end.</summary>
    public ValueTask AbortAsync(string message, CancellationToken ct) =>
        FrameAsync(
            ChangeSetCodec.AbortTag,
            head =>
            {
                Encoding
                    .UTF8.GetEncoder()
                    .Convert(message, head[..ChangeSetCodec.MaxMessageBytes], true, out _, out var used, out _);
                return used;
            },
            ct
        );

    private delegate int PutHead(Span<byte> head);

    private async ValueTask FrameAsync(byte tag, PutHead put, CancellationToken ct)
    {
        var used = put(_frame.AsSpan(ChangeSetCodec.FrameBytes));
        _frame[0] = tag;
        BinaryPrimitives.WriteInt32LittleEndian(_frame.AsSpan(1), used);
        await stream.WriteAsync(_frame.AsMemory(0, ChangeSetCodec.FrameBytes + used), ct);
    }

    private async ValueTask ContentAsync(Stream content, long length, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(length, 1, 1 << 16));
        try
        {
            while (length > 0)
            {
                var read = await content.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length)), ct);
                if (read == 0)
                    throw new IOException("a file became shorter while it was read");
                await stream.WriteAsync(buffer.AsMemory(0, read), ct);
                length -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
