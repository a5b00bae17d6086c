using System.Buffers.Binary;

namespace ClawCi.Shared;

/// <summary>
/// Git's index, read as bytes: whose configuration lies beside it does not matter, since no git runs. Whoever wrote the
/// repository wrote it too. Format: gitformat-index(5), versions 2 to 4.
/// </summary>
internal sealed class GitIndex
{
    private const int FixedBytes = 40;
    private const int MostPathBytes = 4096;

    private readonly byte[] _content;
    private readonly int _count;
    private readonly int _version;
    private readonly int _hashBytes;

    private GitIndex(byte[] content, int count, int version, int hashBytes) =>
        (_content, _count, _version, _hashBytes) = (content, count, version, hashBytes);

    /// <returns>Null for what is no index, or one that keeps its entries in another file.</returns>
    public static GitIndex? Read(byte[] content)
    {
        if (content.Length < 12 || !content.AsSpan().StartsWith("DIRC"u8))
            return null;
        var version = BinaryPrimitives.ReadUInt32BigEndian(content.AsSpan(4));
        var count = BinaryPrimitives.ReadUInt32BigEndian(content.AsSpan(8));
        if (version is < 2 or > 4 || count > content.Length / FixedBytes)
            return null;
        // The index does not say how long its hashes are; with the wrong length no name ends where its entry says.
        foreach (var hashBytes in new[] { 20, 32 })
        {
            var index = new GitIndex(content, (int)count, (int)version, hashBytes);
            if (index.Visit(static _ => { }) is { } end && !index.HasLink(end))
                return index;
        }
        return null;
    }

    public int Count => _count;

    /// <summary>Every entry in the order of their paths, each valid during the call only.</summary>
    public void Each(EntryVisitor visit) => Visit(visit);

    /// <returns>Where the entries end; null when they are not what the format says.</returns>
    private int? Visit(EntryVisitor visit)
    {
        var path = new byte[MostPathBytes];
        var length = 0;
        var at = 12;
        for (var i = 0; i < _count; i++)
        {
            var start = at;
            if (at + FixedBytes + _hashBytes + 2 > _content.Length)
                return null;
            var fixedPart = _content.AsSpan(at, FixedBytes);
            at += FixedBytes;
            var hash = _content.AsSpan(at, _hashBytes);
            at += _hashBytes;
            var flags = BinaryPrimitives.ReadUInt16BigEndian(_content.AsSpan(at));
            at += 2;
            var isSkipped = (flags & 0x8000) != 0;
            if ((flags & 0x4000) != 0)
            {
                if (_version < 3 || at + 2 > _content.Length)
                    return null;
                isSkipped |= (BinaryPrimitives.ReadUInt16BigEndian(_content.AsSpan(at)) & 0x4000) != 0;
                at += 2;
            }
            var kept = 0;
            if (_version == 4 && (!TryReadNumber(ref at, out var dropped) || (kept = length - dropped) < 0))
                return null;
            var rest = at < _content.Length ? _content.AsSpan(at).IndexOf((byte)0) : -1;
            if (rest < 0 || (length = kept + rest) is 0 or > MostPathBytes)
                return null;
            _content.AsSpan(at, rest).CopyTo(path.AsSpan(kept));
            if ((flags & 0xFFF) is var said && said != Math.Min(length, 0xFFF))
                return null;
            at = _version == 4 ? at + rest + 1 : start + ((at + rest - start) / 8 + 1) * 8;
            visit(
                new GitIndexEntry(
                    path.AsSpan(0, length),
                    hash,
                    BinaryPrimitives.ReadUInt32BigEndian(fixedPart[24..]),
                    BinaryPrimitives.ReadUInt32BigEndian(fixedPart[36..]),
                    BinaryPrimitives.ReadUInt32BigEndian(fixedPart[8..]) * 1_000_000_000L
                        + BinaryPrimitives.ReadUInt32BigEndian(fixedPart[12..]),
                    isSkipped
                )
            );
        }
        return at;
    }

    /// <summary>Git's own variable length: seven bits a byte, one added for each that follows.</summary>
    private bool TryReadNumber(ref int at, out int value)
    {
        value = 0;
        for (var i = 0; i < 4 && at < _content.Length; i++)
        {
            var next = _content[at++];
            value = (i == 0 ? 0 : (value + 1) << 7) | (next & 0x7F);
            if ((next & 0x80) == 0)
                return true;
        }
        return false;
    }

    /// <summary>Whether an extension says that entries are elsewhere: a split index.</summary>
    private bool HasLink(int at)
    {
        while (at + 8 + _hashBytes <= _content.Length)
        {
            if (_content.AsSpan(at, 4).SequenceEqual("link"u8))
                return true;
            var size = BinaryPrimitives.ReadUInt32BigEndian(_content.AsSpan(at + 4));
            if (size > _content.Length)
                return true;
            at += 8 + (int)size;
        }
        return false;
    }

    internal delegate void EntryVisitor(GitIndexEntry entry);
}
