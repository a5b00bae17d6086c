using System.Buffers.Binary;
using System.Text;

namespace ClawCi.ChangeSets.Patches;

/// <summary>
/// Git's name of a content: SHA-1 (FIPS 180-4) of <c>blob LENGTH NUL content</c>. It tells which file a patch is for, and is no
/// reason to trust anybody.
/// </summary>
internal static class GitBlob
{
    public const int HashBytes = 20;
    private const int BlockBytes = 64;

    public static byte[] Hash(ReadOnlySpan<byte> content)
    {
        uint[] state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0];
        byte[] head = Encoding.ASCII.GetBytes($"blob {content.Length}\0");
        var length = head.Length + content.Length;
        // The first block begins with the head; the last ones end with the padding.
        var first = Math.Min(content.Length, BlockBytes - head.Length);
        byte[] rest = [.. head, .. content[..first]];
        content = content[first..];
        if (rest.Length == BlockBytes)
        {
            Compress(state, rest);
            for (; content.Length >= BlockBytes; content = content[BlockBytes..])
                Compress(state, content);
            rest = content.ToArray();
        }
        var end = new byte[rest.Length + 9 <= BlockBytes ? BlockBytes : 2 * BlockBytes];
        rest.CopyTo(end, 0);
        end[rest.Length] = 0x80;
        BinaryPrimitives.WriteInt64BigEndian(end.AsSpan(end.Length - 8), length * 8L);
        for (var at = 0; at < end.Length; at += BlockBytes)
            Compress(state, end.AsSpan(at, BlockBytes));
        var hash = new byte[HashBytes];
        for (var i = 0; i < state.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(hash.AsSpan(i * 4), state[i]);
        return hash;
    }

    private static void Compress(uint[] state, ReadOnlySpan<byte> block)
    {
        Span<uint> w = stackalloc uint[80];
        for (var i = 0; i < 16; i++)
            w[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(i * 4)..]);
        for (var i = 16; i < 80; i++)
            w[i] = uint.RotateLeft(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4]);
        for (var i = 0; i < 80; i++)
        {
            var (f, k) = i switch
            {
                < 20 => ((b & c) | (~b & d), 0x5A827999u),
                < 40 => (b ^ c ^ d, 0x6ED9EBA1u),
                < 60 => ((b & c) | (b & d) | (c & d), 0x8F1BBCDCu),
                _ => (b ^ c ^ d, 0xCA62C1D6u),
            };
            (a, b, c, d, e) = (uint.RotateLeft(a, 5) + f + e + k + w[i], a, uint.RotateLeft(b, 30), c, d);
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
    }
}
