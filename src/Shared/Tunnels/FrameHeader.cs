using System.Buffers.Binary;

namespace ClawCi.Tunnels;

/// <summary>The nine bytes before a frame's payload: kind, connection, length, both big-endian.</summary>
internal readonly record struct FrameHeader(FrameKind Kind, uint Connection, int Length)
{
    public const int Size = 9;
    public const int MostData = 32 << 10;
    private const int CreditBytes = 4;

    public void Write(Span<byte> target)
    {
        target[0] = (byte)Kind;
        BinaryPrimitives.WriteUInt32BigEndian(target[1..], Connection);
        BinaryPrimitives.WriteInt32BigEndian(target[5..], Length);
    }

    /// <exception cref="TunnelException">No such kind, or a length that its kind cannot have.</exception>
    public static FrameHeader Read(ReadOnlySpan<byte> source)
    {
        var header = new FrameHeader(
            (FrameKind)source[0],
            BinaryPrimitives.ReadUInt32BigEndian(source[1..]),
            BinaryPrimitives.ReadInt32BigEndian(source[5..])
        );
        var fits = header.Kind switch
        {
            FrameKind.Ready => header is { Length: 0, Connection: 0 },
            FrameKind.Open or FrameKind.End or FrameKind.Close => header.Length == 0,
            FrameKind.Data => header.Length is > 0 and <= MostData,
            FrameKind.Credit => header.Length == CreditBytes,
            _ => false,
        };
        return fits ? header : throw new TunnelException($"a frame of kind {source[0]} with {header.Length} bytes");
    }
}
