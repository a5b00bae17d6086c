using System.Buffers.Binary;

namespace ClawCi.ChangeSets;

/// <summary>
/// The wire form. <see cref="Magic"/>, then frames: tag, 32 bit length of the head, head, and after an entry's head the
/// contents that it announces. Numbers are little-endian. One end or abort frame is last; nothing after it is read.
/// </summary>
/// <remarks>
/// Entry: path, old state, new state. Path: 16 bit length, bytes. State: kind (0 is none), whether the content follows,
/// 64 bit length, and 32 bytes of SHA-256 when it does not follow. Own: of the entry before it, the state in the checkout
/// itself, where setup had changed that. Skipped: reason, 64 bit length, path. End: 32 bit
/// number of entries, 64 bit number of unlisted skips. Abort: a message in UTF-8.
/// </remarks>
internal static class ChangeSetCodec
{
    public const byte EntryTag = (byte)'E';
    public const byte OwnTag = (byte)'O';
    public const byte SkippedTag = (byte)'S';
    public const byte EndTag = (byte)'Z';
    public const byte AbortTag = (byte)'X';

    public const int FrameBytes = 5;
    public const int HashBytes = 32;
    public const int StateBytes = 1 + 1 + 8 + HashBytes;
    public const int MaxHeadBytes = 2 + ChangePath.MaxBytes + (2 * StateBytes);
    public const int MaxMessageBytes = 1024;
    public const int MaxLinkBytes = 4095;

    public static ReadOnlySpan<byte> Magic => "claw-cs1"u8;

    public static int PutPath(Span<byte> to, ReadOnlySpan<byte> path)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(to, checked((ushort)path.Length));
        path.CopyTo(to[2..]);
        return 2 + path.Length;
    }

    public static int PutState(Span<byte> to, FileState? state, bool contentFollows)
    {
        if (state is null)
        {
            to[0] = 0;
            return 1;
        }
        to[0] = (byte)state.Kind;
        to[1] = contentFollows ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64LittleEndian(to[2..], state.Length);
        if (contentFollows)
            return 10;
        state.Sha256.CopyTo(to[10..]);
        return StateBytes;
    }

    public static ReadOnlySpan<byte> TakePath(ref ReadOnlySpan<byte> head) =>
        Take(ref head, BinaryPrimitives.ReadUInt16LittleEndian(Take(ref head, 2)));

    /// <returns>The state, its hash empty when the content follows; null for none.</returns>
    public static FileState? TakeState(ref ReadOnlySpan<byte> head)
    {
        var kind = Take(ref head, 1)[0];
        if (kind == 0)
            return null;
        var follows = Take(ref head, 1)[0];
        var length = TakeInt64(ref head);
        if (kind > (byte)FileKind.Symlink || follows > 1 || length < 0)
            throw new ChangeSetException("malformed change set: impossible file state");
        return new FileState((FileKind)kind, length, follows == 1 ? [] : Take(ref head, HashBytes).ToArray(), null);
    }

    public static long TakeInt64(ref ReadOnlySpan<byte> head) =>
        BinaryPrimitives.ReadInt64LittleEndian(Take(ref head, 8));

    public static int TakeInt32(ref ReadOnlySpan<byte> head) =>
        BinaryPrimitives.ReadInt32LittleEndian(Take(ref head, 4));

    public static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> head, int count)
    {
        if (head.Length < count)
            throw new ChangeSetException("malformed change set: short frame");
        var taken = head[..count];
        head = head[count..];
        return taken;
    }

    public static void ExpectEmpty(ReadOnlySpan<byte> head)
    {
        if (!head.IsEmpty)
            throw new ChangeSetException("malformed change set: long frame");
    }
}
